import { tensorToStored } from '../../../formats/arrays/convert-stored.ts';
import { readSafetensors, writeSafetensors } from '../../../formats/safetensors/safetensors.ts';
import { byPath, planByPath } from '../path-weights.ts';
import { checkBuilt } from './check-built.ts';
import type { Format } from './format.ts';
import { JSON_OBJECT } from './magic.ts';

/** The offset of the header, which is JSON, after its length in eight bytes. */
const HEADER = 8;

/** Tensors by the paths of the weights. */
export const safetensorsFormat: Format = {
  name: 'safetensors',
  endings: ['.safetensors'],
  holds: 'weights',
  // The upper bytes of the header's length are zero: no header is longer than 2⁴⁸ bytes.
  matches: ({ bytes }) => bytes.length > HEADER && bytes[HEADER] === JSON_OBJECT[0] && bytes[7] === 0 && bytes[6] === 0,
  readWeights: async (model, file, reading) => {
    const { tensors, metadata } = readSafetensors(file.bytes, file.who);
    const names = { model: model.name, saved: metadata.get('model_name') ?? null };
    return Promise.resolve(planByPath(model.weights, tensors, names, reading));
  },
  write: async (model, _includeOptimizer, who) => {
    checkBuilt(model, who);
    const tensors = [...byPath(model.weights, who)].map(([path, { value }]) => [path, tensorToStored(value)] as const);
    const metadata = new Map([
      ['format', 'keras'],
      ['model_name', model.name],
    ]);
    return Promise.resolve(writeSafetensors(new Map(tensors), metadata, who));
  },
};
