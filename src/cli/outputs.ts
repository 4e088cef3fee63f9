import { files } from '../formats/files/files-node.ts';
import { reading, wrongCall } from './failure.ts';

/** Checks, before any work, that files can be written where they are to be. */
export async function checkOutputs(paths: readonly string[]): Promise<void> {
  if (new Set(paths).size < paths.length) {
    throw wrongCall(`each file that is written must have a name of its own. Received: ${paths.join(', ')}.`);
  }
  for (const path of paths) {
    const folder = await reading(() => files.folderOf('evenkeel', path));
    if (await files.exists('evenkeel', folder)) continue;
    throw wrongCall(`the folder of ${path} must exist. Make it first, or look for a mistake in its name.`);
  }
}
