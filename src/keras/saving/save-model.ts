import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkChoice, checkOptions } from '../../core/checks.ts';
import { tensorToStored } from '../../formats/arrays/convert-stored.ts';
import type { FilePath } from '../../formats/files/files.ts';
import { writeHdf5 } from '../../formats/hdf5/hdf5.ts';
import { without } from './json-tree.ts';
import { writeKerasArchive } from './keras/archive.ts';
import { writeLegacyModel, writeLegacyWeightsFile } from './legacy/legacy-file.ts';
import { byPath } from './path-weights.ts';
import { writeSafetensors } from '../../formats/safetensors/safetensors.ts';
import { weightsTree } from './weights/write-weights.ts';
import { files } from '#files';
import type { FileModel } from './file-model.ts';
import { layerwise, saveableOf } from './saveable-of.ts';
import { WriteContext } from './write-context.ts';

/** What a file of a model can be: a whole model, or weights alone. */
export type FileFormat = 'keras' | 'h5' | 'weights.h5' | 'safetensors';

/** Options of `toBytes`. */
export interface ToBytesOptions {
  /** Write how the model is trained, and the state of the optimizer; safetensors never has it. @default true */
  readonly includeOptimizer?: boolean | undefined;
}

/** Options of `save`. */
export interface SaveOptions extends ToBytesOptions {
  /** Replace a file that is there. @default true */
  readonly overwrite?: boolean | undefined;
}

/** Options of `saveWeights`. */
export interface SaveWeightsOptions {
  /** Replace a file that is there. @default true */
  readonly overwrite?: boolean | undefined;
}

const FORMATS: readonly FileFormat[] = ['keras', 'h5', 'weights.h5', 'safetensors'];

/** The bytes of a file of a model. @throws ValueError if something cannot be written. */
export async function modelBytes(model: FileModel, format: FileFormat, options: ToBytesOptions): Promise<Uint8Array> {
  const who = `${model.who} toBytes`;
  checkOptions(who, options, ['includeOptimizer']);
  checkChoice(who, 'format', format, FORMATS);
  return bytesOf(model, format, checkBoolean(who, 'includeOptimizer', options.includeOptimizer ?? true), who);
}

async function bytesOf(
  model: FileModel,
  format: FileFormat | 'legacy weights',
  includeOptimizer: boolean,
  who: string,
): Promise<Uint8Array> {
  if (format === 'keras' || format === 'h5') {
    if (format === 'h5' && !model.hasGraph) {
      throw new NotImplementedError(
        `[${who}] the older format does not say for which inputs a model with a call of its own is built, so it could not be read again. Received: ${model.className}. Use .keras, or write the weights alone.`,
      );
    }
    const context = new WriteContext();
    const json = model.serialize(context);
    context.numberSharedLayers();
    const config = includeOptimizer ? json : without(json, 'compile_config');
    if (format === 'keras') {
      return writeKerasArchive(config, weightsTree(saveableOf(model, includeOptimizer)), new Date());
    }
    const state = includeOptimizer ? (model.optimizer?.variables ?? null) : null;
    return writeHdf5(writeLegacyModel(config, layerwise(model), state), who);
  }
  if (!model.built) {
    throw new ValueError(
      `[${who}] a model without weights cannot be written: build([…]) it, or call it on data first.`,
    );
  }
  if (format === 'weights.h5') return writeHdf5(weightsTree(saveableOf(model, includeOptimizer)), who);
  if (format === 'legacy weights') return writeHdf5(writeLegacyWeightsFile(layerwise(model)), who);
  const tensors = [...byPath(model.weights, who)].map(([path, { value }]) => [path, tensorToStored(value)] as const);
  return writeSafetensors(
    new Map(tensors),
    new Map([
      ['format', 'keras'],
      ['model_name', model.name],
    ]),
    who,
  );
}

/** Writes a model into a file. @throws ValueError if something cannot be written; nothing has changed then. */
export async function saveModel(model: FileModel, path: FilePath, options: SaveOptions): Promise<void> {
  const who = `${model.who} save`;
  checkOptions(who, options, ['overwrite', 'includeOptimizer']);
  const name = String(path);
  if (/\.(weights\.h5|safetensors)$/.test(name)) {
    throw new ValueError(
      `[${who}] the name must end in .keras or .h5. Received: path=${show(name)}, which is for weights alone: use saveWeights.`,
    );
  }
  const format = name.endsWith('.keras') ? 'keras' : /\.(h5|hdf5)$/.test(name) ? 'h5' : null;
  if (format === null) {
    throw new ValueError(
      `[${who}] the name must end in .keras, the format of Keras 3, or .h5, the older one. Received: path=${show(name)}.`,
    );
  }
  await checkPlace(who, path, options.overwrite);
  const includeOptimizer = checkBoolean(who, 'includeOptimizer', options.includeOptimizer ?? true);
  await files.writeFileAtomic(who, path, await bytesOf(model, format, includeOptimizer, who));
}

/** Writes the weights of a model into a file. @throws ValueError if that cannot be; nothing has changed then. */
export async function saveModelWeights(model: FileModel, path: FilePath, options: SaveWeightsOptions): Promise<void> {
  const who = `${model.who} saveWeights`;
  checkOptions(who, options, ['overwrite']);
  const name = String(path);
  const format = name.endsWith('.weights.h5')
    ? 'weights.h5'
    : /\.(h5|hdf5)$/.test(name)
      ? 'legacy weights'
      : name.endsWith('.safetensors')
        ? 'safetensors'
        : null;
  if (format === null) {
    throw new ValueError(
      `[${who}] the name must end in .weights.h5, the format of Keras 3, in .h5, the older one, or in .safetensors. Received: path=${show(name)}.`,
    );
  }
  await checkPlace(who, path, options.overwrite);
  await files.writeFileAtomic(who, path, await bytesOf(model, format, true, who));
}

async function checkPlace(who: string, path: FilePath, overwrite: boolean | undefined): Promise<void> {
  if (checkBoolean(who, 'overwrite', overwrite ?? true) || !(await files.exists(who, path))) return;
  throw new ValueError(
    `[${who}] there is a file of this name. Received: path=${show(String(path))}, overwrite=false. Choose another name, or overwrite: true.`,
  );
}
