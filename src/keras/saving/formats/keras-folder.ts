import { ValueError, show } from '../../../core/errors.ts';
import type { FilePath } from '../../../formats/files/files.ts';
import { pathIn } from '../../../formats/files/path-in.ts';
import type { SavableModel } from '../keras-saveable.ts';
import { ASSETS, CONFIG_MEMBER, WEIGHTS_MEMBER } from '../saving-lib/archive.ts';
import { membersOf } from './keras.ts';
import { files } from '#files';

/** @throws ValueError if the name of a folder is that of a file, as in Keras. */
export function checkFolderName(who: string, path: FilePath): void {
  if (!/\.(keras|h5|hdf5)\/?$/.test(String(path))) return;
  throw new ValueError(
    `[${who}] with zipped=false, the name of the folder must not end in .keras, .h5 or .hdf5. Received: path=${show(String(path))}.`,
  );
}

/** Writes the members of a model's `.keras` file into a folder; the JSON, without which it is not read, comes last. */
export async function writeFolder(
  who: string,
  model: SavableModel,
  path: FilePath,
  includeOptimizer: boolean,
): Promise<void> {
  const members = [...(await membersOf(model, includeOptimizer))];
  const isLast = ([name]: readonly [string, Uint8Array]): boolean => name === CONFIG_MEMBER;
  await files.makeFolder(who, path);
  for (const [name, bytes] of [...members.filter((each) => !isLast(each)), ...members.filter(isLast)]) {
    await files.writeFileAtomic(who, pathIn(path, name), bytes);
  }
}

/** The files of a folder in which Keras has written a model; null for other paths. */
export async function readFolder(
  who: string,
  path: FilePath,
  signal: AbortSignal | null | undefined,
): Promise<ReadonlyMap<string, Uint8Array> | null> {
  if (/\.(keras|h5|hdf5|json|safetensors)$/.test(String(path)) || files.isAddress(who, path)) return null;
  if (!(await files.exists(who, pathIn(path, CONFIG_MEMBER)))) return null;
  const own = [CONFIG_MEMBER, WEIGHTS_MEMBER, 'model.weights.npz'];
  const found = await Promise.all(own.map((name) => files.exists(who, pathIn(path, name))));
  const names = [...own.filter((_, i) => found[i]), ...(await assetsIn(who, path, ASSETS))];
  const read = async (name: string): Promise<[string, Uint8Array]> => [
    name,
    await files.readFile(who, pathIn(path, name), { signal }),
  ];
  return new Map(await Promise.all(names.map(read)));
}

/** The names of the files in a folder of the texts of layers and in the folders in it, which are no links. */
async function assetsIn(who: string, path: FilePath, folder: string): Promise<readonly string[]> {
  if (!(await files.exists(who, pathIn(path, folder)))) return [];
  const entries = (await files.readFolder(who, pathIn(path, folder))).filter(({ isLink }) => !isLink);
  const inside = entries.filter(({ isFolder }) => isFolder);
  const nested = await Promise.all(inside.map(({ name }) => assetsIn(who, path, `${folder}${name}/`)));
  return [...entries.filter(({ isFolder }) => !isFolder).map(({ name }) => `${folder}${name}`), ...nested.flat()];
}
