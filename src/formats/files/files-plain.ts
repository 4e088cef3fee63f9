import { NotImplementedError } from '../../core/errors.ts';
import type { Files } from './files.ts';

/** The implementation for browsers and workers, which have no file system: every call throws. */
export const files: Files = {
  readFile: refuse,
  fileSize: refuse,
  writeFileAtomic: refuse,
  appendText: refuse,
  makeFolder: refuse,
  removeEmptyFolder: refuse,
  folderOf: throwRefusal,
  exists: refuse,
  removeFile: refuse,
};

function throwRefusal(who: string, path: string | URL): never {
  throw new NotImplementedError(
    `[${who}] there are no files here: this needs Node. Received: path=${JSON.stringify(String(path))}. Use bytes where there are some to use: model.toBytes() gives them, and loadModel(bytes) takes them.`,
  );
}

async function refuse(who: string, path: string | URL): Promise<never> {
  return Promise.resolve().then(() => throwRefusal(who, path));
}
