import { files } from '../../formats/files/files-node.ts';
import { reading, wrongCall } from './failure.ts';

/** Checks, before any work is done, that the output files can be written. */
export async function checkOutputs(paths: readonly string[]): Promise<void> {
  if (new Set(paths).size < paths.length) {
    throw wrongCall(`output files must have distinct names. Received: ${paths.join(', ')}.`);
  }
  for (const path of paths) {
    const folder = await reading(() => files.folderOf('evenkeel', path));
    if (await files.exists('evenkeel', folder)) continue;
    throw wrongCall(`the folder of ${path} must exist. Create it, or check its name.`);
  }
}
