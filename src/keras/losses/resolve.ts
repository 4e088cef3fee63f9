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
import { type WrappingVocabulary, fromWrappingVocabulary } from '../saving/vocabulary.ts';
import { Circle } from './circle.ts';
import * as crossentropy from './crossentropy-classes.ts';
import { CTC } from './ctc.ts';
import { KLDivergence, Poisson } from './divergence.ts';
import { BinaryFocalCrossentropy, CategoricalFocalCrossentropy } from './focal.ts';
import { CategoricalGeneralizedCrossEntropy } from './generalized-crossentropy.ts';
import { CategoricalHinge, Hinge, SquaredHinge } from './hinge.ts';
import { Loss } from './loss.ts';
import { Dice, Tversky } from './overlap.ts';
import * as regression from './regression.ts';
import { targetsOf } from './targets.ts';
import { type LossFunction, LossFunctionWrapper } from './wrapper.ts';

/** What is taken wherever a loss is. */
export type LossIdentifier = string | ConfigObject | SerializedFunction | Loss | LossFunction;

const vocabulary: WrappingVocabulary<Loss, LossFunction> = {
  module: 'keras.losses',
  kind: 'loss',
  base: Loss,
  rule: 'a loss must be a name, a config object, a Loss or a function',
  wrapper: 'LossFunctionWrapper',
  wrap: (fn, options) => new LossFunctionWrapper(fn, options),
  classes: {
    BinaryCrossentropy: crossentropy.BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CTC,
    CategoricalCrossentropy: crossentropy.CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    CategoricalHinge,
    Circle,
    CosineSimilarity: regression.CosineSimilarity,
    Dice,
    Hinge,
    Huber: regression.Huber,
    KLDivergence,
    LogCosh: regression.LogCosh,
    LossFunctionWrapper,
    MeanAbsoluteError: regression.MeanAbsoluteError,
    MeanAbsolutePercentageError: regression.MeanAbsolutePercentageError,
    MeanSquaredError: regression.MeanSquaredError,
    MeanSquaredLogarithmicError: regression.MeanSquaredLogarithmicError,
    Poisson,
    SparseCategoricalCrossentropy: crossentropy.SparseCategoricalCrossentropy,
    SquaredHinge,
    Tversky,
  },
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
 * The loss that a name, a config object, an object or a function stands for. The name of a function (`mse`) becomes the
 * loss's own name; the name of a class (`MeanSquaredError`) gives it the class's.
 *
 * @throws TypeError if there is no such name, or the value is of another kind.
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

/** What 'crossentropy' means for targets of a kind. */
const crossentropies = {
  binary: crossentropy.BinaryCrossentropy,
  sparse: crossentropy.SparseCategoricalCrossentropy,
  categorical: crossentropy.CategoricalCrossentropy,
};

/**
 * Like {@link get}, but 'crossentropy' and 'ce' choose by the shapes: one output is binary; labels (targets of a lower
 * rank, or with a last axis of 1) are sparse; the rest is categorical.
 *
 * @throws TypeError if there is no such name, or the value is of another kind.
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
  return new crossentropies[targetsOf(yTrueShape, yPredShape)]({ name: identifier });
}

/**
 * Keras's JSON for a loss.
 *
 * @throws TypeError if it is made of a function without a name.
 * @example
 * losses.serialize(new losses.MeanSquaredError()).class_name;   // 'MeanSquaredError'
 * @see https://keras.io/api/losses/
 */
export function serialize(loss: Loss): SerializedObject {
  return serializeWith(vocabulary, loss);
}

/**
 * The loss that a config object stands for; the other direction of {@link serialize}.
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
