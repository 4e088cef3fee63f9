import { ValueError } from '../../core/errors.ts';
import { checkBoolean, checkOptions } from '../../core/checks.ts';
import { mergeGroups } from './groups.ts';
import { readHdf5 } from '../../formats/hdf5/hdf5.ts';
import { WEIGHTS_MEMBER, readArchive, readArchiveWeights } from './keras/archive.ts';
import { legacyWeightsIn } from './legacy/legacy-file.ts';
import { planLegacyWeights } from './legacy/read-legacy-weights.ts';
import { planByPath } from './path-weights.ts';
import type { Plan } from './plan.ts';
import { readSafetensors } from '../../formats/safetensors/safetensors.ts';
import { shardsOf } from './sharded.ts';
import { sniff } from './sniff.ts';
import type { StoredGroup } from '../../formats/arrays/stored.ts';
import { planWeights } from './weights/read-weights.ts';
import { warn } from '../../core/print.ts';
import type { FileModel } from './file-model.ts';
import { layerwise, saveableOf } from './saveable-of.ts';
import { type FileSource, type ReadFile, readSource } from './source.ts';

/** Options of `loadWeights`. */
export interface LoadWeightsOptions {
  /** Leave out what does not fit, with a warning. @default false */
  readonly skipMismatch?: boolean | undefined;
  /** In a legacy `.h5`, find layers by their names, and leave out those that the model or the file lacks. @default false */
  readonly byName?: boolean | undefined;
}

/** Reads the weights of a model. @throws ValueError if they do not fit; the model is as it was then. */
export async function loadModelWeights(
  model: FileModel,
  source: FileSource,
  options: LoadWeightsOptions,
): Promise<void> {
  checkOptions(`${model.who} loadWeights`, options, ['skipMismatch', 'byName']);
  const file = await readSource('loadWeights', source);
  const { who } = file;
  const byName = checkBoolean(who, 'byName', options.byName ?? false);
  const skipMismatch = checkBoolean(who, 'skipMismatch', options.skipMismatch ?? false);
  if (!model.built) {
    throw new ValueError(
      `[${who}] ${model.who} has no weights before it is built: build([…]) it, or call it on data first.`,
    );
  }
  const plan = await planFile(model, file, { byName, skipMismatch });
  plan.commit();
  for (const warning of plan.warnings) warn(warning);
}

const ADVICE = 'Load it into a model of the same layers, or leave out what does not fit with { skipMismatch: true }.';

async function planFile(
  model: FileModel,
  file: ReadFile,
  { byName, skipMismatch }: { readonly byName: boolean; readonly skipMismatch: boolean },
): Promise<Plan> {
  const { who, bytes } = file;
  const reading = { who, member: '', skipMismatch, advice: ADVICE };
  const container = sniff(bytes);
  if (container === 'hdf5') {
    const tree = await readHdf5(bytes, who);
    const legacy = legacyWeightsIn(tree);
    if (legacy !== undefined) return planLegacyWeights(layerwise(model), legacy, { ...reading, byName });
    refuseByName(who, byName);
    return planWeights(saveableOf(model), tree, reading);
  }
  refuseByName(who, byName);
  switch (container) {
    case 'zip': {
      const tree = await readArchiveWeights(readArchive(bytes, who), who);
      return planWeights(saveableOf(model), tree, { ...reading, member: `${WEIGHTS_MEMBER}: ` });
    }
    case 'json':
      return planWeights(saveableOf(model), await readShards(file), reading);
    case 'safetensors': {
      const { tensors, metadata } = readSafetensors(bytes, who);
      const names = { model: model.name, saved: metadata.get('model_name') ?? null };
      return planByPath(model.weights, tensors, names, reading);
    }
    case 'unknown':
      throw new ValueError(
        `[${who}] a file of weights must be .weights.h5, .h5, .keras, .safetensors or .weights.json. Received: ${bytes.length} bytes that begin like none of them.`,
      );
  }
}

function refuseByName(who: string, byName: boolean): void {
  if (!byName) return;
  throw new ValueError(
    `[${who}] only the layers of a legacy .h5 can be found by name. Received: byName=true for a file of another format. Leave it out.`,
  );
}

async function readShards({ who, bytes, beside }: ReadFile): Promise<StoredGroup> {
  const names = shardsOf(bytes, who);
  if (beside === null) {
    throw new ValueError(
      `[${who}] the bytes of an index of weights are not enough. Received: an index of ${names.join(', ')}. Give its path, with the files beside it.`,
    );
  }
  const trees = names.map(async (name) => readHdf5(await beside(name), `${who}: ${name}`));
  return mergeGroups(await Promise.all(trees));
}
