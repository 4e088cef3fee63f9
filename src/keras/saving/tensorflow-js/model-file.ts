import { type Config, type Json, isRecord } from '../../../core/config.ts';
import { NotImplementedError, ValueError, show } from '../../../core/errors.ts';
import type { SourceFile } from '../source-file.ts';
import { type FileWeight, decodeGroup } from './decode-weights.ts';
import { type WeightGroup, readManifest } from './manifest.ts';

/** The content of a `model.json` of TensorFlow.js, before the weights are read. */
export interface ModelFile {
  /** Keras's JSON of the model, and what Keras's `.h5` had beside it; null for weights alone. */
  readonly topology: Config | null;
  /** The arguments of `compile`, as `model.save` of TensorFlow.js writes them with `includeOptimizer`; null without them. */
  readonly trainingConfig: Json;
  /** Whether TensorFlow.js saved the model, rather than its converter for Python. */
  readonly isOfTensorFlowJs: boolean;
  readonly groups: readonly WeightGroup[];
  /** Warnings about parts of the file that a model here does not have. */
  readonly warnings: readonly string[];
}

/**
 * Reads the JSON of a layers model, or of weights alone.
 *
 * @throws NotImplementedError for graph models; ValueError for JSON that is malformed.
 */
export function readModelFile({ who, json }: SourceFile): ModelFile {
  const file = isRecord(json) ? (json as Config) : {};
  const { format = null, modelTopology: topology = null, weightsManifest: manifest = [], generatedBy = null } = file;
  if (format === 'graph-model' || (isRecord(topology) && 'node' in topology)) {
    throw new NotImplementedError(
      `[${who}] a model.json must be of a layers model. Received: a graph model, which has TensorFlow's operations instead of layers. Load the model from which it was converted: its .keras or .h5, or convert that with tensorflowjs_converter --output_format=tfjs_layers_model.`,
    );
  }
  if (format !== null && format !== 'layers-model') {
    throw new ValueError(`[${who}] the format of a model.json must be "layers-model". Received: ${show(format)}.`);
  }
  if (topology !== null && !isRecord(topology)) {
    throw new ValueError(`[${who}] modelTopology must be an object. Received: ${show(topology)}.`);
  }
  return {
    topology: topology,
    trainingConfig: file['trainingConfig'] ?? null,
    isOfTensorFlowJs: isOfTensorFlowJs(generatedBy, topology),
    groups: readManifest(manifest ?? [], who),
    warnings: aboutMetadata(file['userDefinedMetadata'] ?? null, who),
  };
}

/** The converter names the version of Keras; files before TensorFlow.js 1.0 have no generatedBy, but a version in the topology. */
function isOfTensorFlowJs(generatedBy: Json, topology: Config | null): boolean {
  const version = topology?.['keras_version'] ?? null;
  const isFrom = (name: Json): boolean => typeof name === 'string' && /^(TensorFlow\.js|tfjs)/i.test(name);
  return isFrom(generatedBy) || isFrom(version);
}

function aboutMetadata(metadata: Json, who: string): readonly string[] {
  if (!isRecord(metadata) || Object.keys(metadata).length === 0) return [];
  return [
    `[${who}] userDefinedMetadata is not part of a model here. Received: ${Object.keys(metadata).join(', ')}. Read it from the JSON of the file.`,
  ];
}

/** The number of files that are read at the same time. */
const AT_ONCE = 6;

/** Reads the weights of all groups. @throws ValueError if a file is missing, or has another size than its weights. */
export async function readWeights(file: SourceFile, groups: readonly WeightGroup[]): Promise<readonly FileWeight[]> {
  const paths = groups.flatMap((group) => group.paths);
  const { who } = file;
  const read = new Map<string, Uint8Array>();
  const progress = file.progressOf(total(groups));
  for (let i = 0; i < paths.length; i += AT_ONCE) {
    const some = paths.slice(i, i + AT_ONCE);
    const files = await Promise.all(some.map((path) => readShard(file, path, paths)));
    for (const [k, bytes] of files.entries()) {
      read.set(some[k] ?? '', bytes);
      progress(bytes.length);
    }
  }
  return groups.flatMap((group) =>
    decodeGroup(
      group,
      group.paths.map((path) => read.get(path) ?? new Uint8Array()),
      who,
    ),
  );
}

function total(groups: readonly WeightGroup[]): number | null {
  const bytes = groups.flatMap(({ weights }) => weights).reduce((sum, { byteLength }) => sum + byteLength, 0);
  return Number.isNaN(bytes) ? null : bytes;
}

function readShard({ who, readNeighbor }: SourceFile, path: string, paths: readonly string[]): Promise<Uint8Array> {
  if (readNeighbor !== null) return readNeighbor(path);
  const names = paths.length > 3 ? `${paths.slice(0, 3).join(', ')} and ${paths.length - 3} more` : paths.join(', ');
  throw new ValueError(
    `[${who}] a model.json must be given with the files that it names. Received: the bytes of one of ${names}. Pass its path or address, a record of the bytes of all files by name, or { weightPathPrefix }.`,
  );
}
