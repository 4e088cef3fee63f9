import { isRecord } from '../../../core/config.ts';
import type { SourceFile } from '../source-file.ts';
import type { Format } from './format.ts';
import { JSON_OBJECT } from './magic.ts';

/** The layers models of TensorFlow.js: a `model.json`, and the files of weights that it names. They are only read. */
export const tensorFlowJsFormat: Format = {
  name: 'model.json',
  endings: ['model.json'],
  holds: 'model',
  hasNeighbors: true,
  matches: (file) => file.startsWith(JSON_OBJECT) && hasKeys(file),
  readModel: async (file) => {
    const { readTensorFlowJsModel } = await import('./tensorflow-js-model.ts');
    return readTensorFlowJsModel(file);
  },
  readWeights: async (model, file, reading) => {
    const { readTensorFlowJsWeights } = await import('./tensorflow-js-model.ts');
    return readTensorFlowJsWeights(model, file, reading);
  },
};

/** The keys of which a `model.json` of TensorFlow.js has at least one. */
const KEYS = ['modelTopology', 'weightsManifest'];

const hasKeys = ({ json }: SourceFile): boolean => isRecord(json) && KEYS.some((key) => Object.hasOwn(json, key));
