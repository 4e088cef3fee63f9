import { NotImplementedError } from '../../core/errors.ts';
import type { Files } from './files.ts';

/** The implementation for browsers and workers, which have no file system: every call throws. */
export const files: Files = {
  readFile: refuse,
  fileSize: refuse,
  writeFileAtomic: refuse,
  append: refuse,
  makeFolder: refuse,
  removeEmptyFolder: refuse,
  folderOf: throwRefusal,
  exists: refuse,
  removeFile: refuse,
};

function throwRefusal(who: string, path: string | URL): never {
  throw new NotImplementedError(
    `[${who}] file access requires Node. Received: path=${JSON.stringify(String(path))}. Use bytes instead where possible: model.toBytes() returns them, and loadModel(bytes) accepts them.`,
  );
}

async function refuse(who: string, path: string | URL): Promise<never> {
  return Promise.resolve().then(() => throwRefusal(who, path));
}
