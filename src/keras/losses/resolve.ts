import type { SerializedObject } from '../../core/config.ts';
import {
  type ConfigObject,
  type CustomObjects,
  type SerializedFunction,
  fromIdentifier,
  serializeWith,
} from '../saving/registry.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import type { Shape } from '../../core/shape.ts';
import { type WrappingVocabulary, classesOf, fromWrappingVocabulary } from '../saving/vocabulary.ts';
import { BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy } from './crossentropy-classes.ts';
import { Loss, type LossOptions } from './loss.ts';
import * as roster from './roster.ts';
import { targetsOf } from './targets.ts';
import { type LossFunction, LossFunctionWrapper } from './wrapper.ts';

/** A loss, or its name, config or function. */
export type LossIdentifier = string | ConfigObject | SerializedFunction | Loss | LossFunction;

const vocabulary: WrappingVocabulary<Loss, LossFunction> = {
  module: 'keras.losses',
  kind: 'loss',
  base: Loss,
  rule: 'a loss must be a name, a config object, a Loss or a function',
  wrap: (fn, options) => new LossFunctionWrapper(fn, options),
  classes: classesOf(Loss, roster),
  aliases: {
    BCE: 'BinaryCrossentropy',
    KLD: 'KLDivergence',
    MAE: 'MeanAbsoluteError',
    MAPE: 'MeanAbsolutePercentageError',
    MSE: 'MeanSquaredError',
    MSLE: 'MeanSquaredLogarithmicError',
    bce: 'BinaryCrossentropy',
    kld: 'KLDivergence',
    mae: 'MeanAbsoluteError',
    mape: 'MeanAbsolutePercentageError',
    mse: 'MeanSquaredError',
    msle: 'MeanSquaredLogarithmicError',
  },
};

/**
 * Returns the loss for a name, a config object, a loss or a function. The name of a function (`mse`) becomes the name of
 * the loss; for the name of a class (`MeanSquaredError`) it is that of the class.
 *
 * @throws TypeError if there is no such name, or the value has another type.
 * @example
 * losses.get('mse').name;   // 'mse'
 * losses.get('MeanSquaredError').name;   // 'mean_squared_error'
 * @see https://keras.io/api/losses/
 */
export function get(identifier: LossIdentifier, who = 'losses.get', context: ReadContext = defaultContext): Loss {
  return fromWrappingVocabulary(vocabulary, identifier, { who, context }, (name, isCustom) => {
    const isClass = isCustom || Object.hasOwn(vocabulary.classes, name);
    return fromIdentifier(vocabulary, isClass ? name : { class_name: name, config: { name } }, who, context);
  });
}

/** The classes that 'crossentropy' stands for, by the kind of the targets. */
const crossentropies = {
  binary: BinaryCrossentropy,
  sparse: SparseCategoricalCrossentropy,
  categorical: CategoricalCrossentropy,
};

/**
 * Like {@link get}, but 'crossentropy' and 'ce' depend on the shapes: a single output is binary; labels (targets of a
 * lower rank, or with a last axis of 1) are sparse; all others are categorical.
 *
 * @throws TypeError if there is no such name, or the value has another type.
 * @example
 * losses.resolve('crossentropy', [null], [null, 10]) instanceof losses.SparseCategoricalCrossentropy;   // true
 * @see https://keras.io/api/models/model_training_apis/#compile-method
 */
export function resolve(
  identifier: LossIdentifier,
  yTrueShape: Shape,
  yPredShape: Shape,
  who = 'losses.resolve',
  context: ReadContext = defaultContext,
): Loss {
  const isChoice = typeof identifier === 'string' && ['crossentropy', 'ce'].includes(identifier.toLowerCase());
  if (!isChoice) return get(identifier, who, context);
  const made: new (options: LossOptions) => Loss = crossentropies[targetsOf(yTrueShape, yPredShape)];
  return new made({ name: identifier });
}

/**
 * Returns Keras's JSON for a loss.
 *
 * @throws TypeError for a function without a name.
 * @example
 * losses.serialize(new losses.MeanSquaredError()).class_name;   // 'MeanSquaredError'
 * @see https://keras.io/api/losses/
 */
export function serialize(loss: Loss): SerializedObject {
  return serializeWith(vocabulary, loss);
}

/**
 * Returns the loss of a config object: the inverse of {@link serialize}.
 *
 * @throws TypeError if there is no such loss.
 * @example
 * losses.deserialize(losses.serialize(new losses.Huber({ delta: 2 }))).getConfig().delta;   // 2
 * @see https://keras.io/api/losses/
 */
export function deserialize(
  config: ConfigObject | SerializedFunction | string,
  customObjects: CustomObjects = {},
): Loss {
  return get(config, 'losses.deserialize', { customObjects });
}
