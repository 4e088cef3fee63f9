import type { Config, Json } from '../../../core/config.ts';
import { NotImplementedError, ValueError } from '../../../core/errors.ts';
import { readHdf5, writeHdf5 } from '../../../formats/hdf5/hdf5.ts';
import { type ObjectNode, isObjectNode } from '../json-tree.ts';
import { parseJson } from '../../../formats/json/json.ts';
import { KERAS_VERSION } from '../keras-version.ts';
import type { StoredGroup } from '../../../formats/arrays/stored.ts';
import { writeJson } from '../../../formats/json/write-json.ts';
import { fromKeras, toKeras } from './dialect.ts';

/** The member that contains the weights. */
export const WEIGHTS_MEMBER = 'model.weights.h5';

/** The folder of the texts of layers, and the name of a vocabulary in the folder of its layer. */
export const ASSETS = 'assets/';
export const VOCABULARY = 'vocabulary.txt';

/** The member that describes the model. */
export const CONFIG_MEMBER = 'config.json';

/** The members of a `.keras` file, or the files of a folder in place of it: metadata, the model's JSON, and its weights. */
export async function archiveMembers(
  model: Config,
  weights: StoredGroup,
  date: Date,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const metadata = { keras_version: KERAS_VERSION, date_saved: stamp(date) };
  const text = (json: Json): Uint8Array => new TextEncoder().encode(writeJson(json));
  return new Map([
    ['metadata.json', text(metadata)],
    [CONFIG_MEMBER, text(toKeras(model))],
    [WEIGHTS_MEMBER, await writeHdf5(weights)],
  ]);
}

/** Writes a `.keras` file. */
export async function writeArchive(members: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const { writeZip } = await import('../../../formats/zip/zip.ts');
  return writeZip(members);
}

/** `2024-05-01@09:30:00`, in local time. */
function stamp(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day}@${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

/** The model that a `.keras` file describes. @throws ValueError if there is none. */
export function readArchiveConfig(members: ReadonlyMap<string, Uint8Array>, who: string): ObjectNode {
  const bytes = members.get(CONFIG_MEMBER);
  if (bytes === undefined) throw missing(members, CONFIG_MEMBER, who);
  const json = fromKeras(parseJson(new TextDecoder().decode(bytes), `${who}: config.json`));
  if (isObjectNode(json)) return json;
  throw new ValueError(`[${who}] config.json must describe a model: an object with class_name and config.`);
}

/** The tree of weights of a `.keras` file. @throws ValueError if there is none. */
export async function readArchiveWeights(members: ReadonlyMap<string, Uint8Array>, who: string): Promise<StoredGroup> {
  const bytes = members.get(WEIGHTS_MEMBER);
  if (bytes !== undefined) return readHdf5(bytes, `${who}: ${WEIGHTS_MEMBER}`);
  if (!members.has('model.weights.npz')) throw missing(members, WEIGHTS_MEMBER, who);
  throw new NotImplementedError(
    `[${who}] the weights must be in ${WEIGHTS_MEMBER}. Received: model.weights.npz, which contains pickled Python objects. Save the model in Keras without weights_format.`,
  );
}

/** The texts of a `.keras` file that belong to layers, by their paths: `layers/string_lookup/vocabulary.txt`. */
export function readAssets(members: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, string> {
  const decoder = new TextDecoder();
  const entries = [...members].filter(([name]) => name.startsWith(ASSETS) && name.endsWith(VOCABULARY));
  return new Map(entries.map(([name, bytes]) => [name.slice(ASSETS.length), decoder.decode(bytes)]));
}

function missing(members: ReadonlyMap<string, Uint8Array>, name: string, who: string): ValueError {
  return new ValueError(
    `[${who}] a .keras file must have a member ${name}. Received: ${[...members.keys()].join(', ') || 'an empty archive'}.`,
  );
}
