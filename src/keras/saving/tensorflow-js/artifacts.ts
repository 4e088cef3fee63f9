import { ValueError } from '../../../core/errors.ts';
import { concatenate } from '../../../formats/files/streams.ts';

/** A model as TensorFlow.js passes it to the handler of `model.save`, and keeps it in the storage of browsers. */
export interface ModelArtifacts {
  /** Keras's JSON of the model. */
  readonly modelTopology?: object | undefined;
  /** The descriptions of the weights, in the order of their bytes. */
  readonly weightSpecs?: readonly object[] | undefined;
  /** The bytes of the weights, or consecutive pieces of them. */
  readonly weightData?: ArrayBuffer | readonly ArrayBuffer[] | undefined;
  /** The arguments of `compile`. */
  readonly trainingConfig?: object | undefined;
  /** The kind of the model: `layers-model` or `graph-model`. */
  readonly format?: string | undefined;
  /** The library that made the model. */
  readonly generatedBy?: string | undefined;
  /** The library that converted it. */
  readonly convertedBy?: string | null | undefined;
  /** Further data of the user. */
  readonly userDefinedMetadata?: object | undefined;
}

/** Whether a record is a model that TensorFlow.js passes on, rather than contents of files by name. */
export function isArtifacts(given: Readonly<Record<string, unknown>>): given is ModelArtifacts & typeof given {
  return ['modelTopology', 'weightSpecs'].some((key) => Object.hasOwn(given, key));
}

/** The name of the bytes of the weights in the JSON of {@link artifactsFile}. */
const WEIGHTS = 'weights.bin';

/** The `model.json` of a model that TensorFlow.js passes on, and a function that reads its weights. */
export function artifactsFile(
  who: string,
  { weightSpecs = [], weightData = [], ...rest }: ModelArtifacts,
): { readonly who: string; readonly bytes: Uint8Array; readNeighbor(name: string): Promise<Uint8Array> } {
  const pieces = (weightData instanceof ArrayBuffer ? [weightData] : weightData).map((piece) => new Uint8Array(piece));
  const weights = concatenate(
    pieces,
    pieces.reduce((sum, { length }) => sum + length, 0),
  );
  const json = { ...rest, weightsManifest: [{ paths: [WEIGHTS], weights: weightSpecs }] };
  return {
    who,
    bytes: new TextEncoder().encode(textOf(json, who)),
    readNeighbor: () => Promise.resolve(weights),
  };
}

function textOf(json: object, who: string): string {
  try {
    return JSON.stringify(json);
  } catch (cause) {
    throw new ValueError(`[${who}] modelTopology and weightSpecs must be JSON. Received: another object.`, { cause });
  }
}
