import type { Tensor } from '../../core/tensor.ts';
import type { Tree } from '../../core/tree.ts';
import { type ModelFromJsonOptions, readModelJson } from '../saving/formats/model-json.ts';
import { makeModel } from './load-model.ts';
import type { Model } from './model.ts';

/**
 * Makes a model from the JSON that `model.toJson()` returns here, and `model.to_json()` in Keras 3, Keras 2 and tf.keras. The
 * weights are new: read them with `loadWeights`. A model that was compiled is compiled again. The type of the predictions is
 * given as for `loadModel`.
 *
 *     const model = modelFromJson(await readFile('model.json', 'utf8'));
 *     await model.loadWeights('model.weights.h5');
 *
 * @throws TypeError if a class or a function is neither built in, nor registered, nor in `customObjects`.
 * @throws ValueError if the string is not JSON, or does not describe a model.
 * @example
 * const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1)]);
 * const copy = modelFromJson(model.toJson());
 * copy.setWeights(model.getWeights());
 * copy.countParams();    // 3
 * @see https://keras.io/api/models/model_saving_apis/model_config_serialization/#modelfromjson-function
 */
export function modelFromJson<Output extends Tree<Tensor> = Tensor>(
  json: string,
  options: ModelFromJsonOptions = {},
): Model<Output> {
  return readModelJson(json, options, makeModel) as Model<Output>;
}
