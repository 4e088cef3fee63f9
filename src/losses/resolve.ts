import { type Config, type SerializedObject, isRecord } from '../core/config.ts';
import { show } from '../core/errors.ts';
import {
  type ConfigObject,
  type CustomObjects,
  type Registry,
  type SerializedFunction,
  findCustom,
  fromIdentifier,
  functionName,
  isIdentifier,
  optionsOf,
  serializeWith,
} from '../core/registry.ts';
import type { Shape } from '../core/shape.ts';
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
import { type LossFunction, LossFunctionWrapper } from './wrapper.ts';

/** What is taken wherever a loss is. */
export type LossIdentifier = string | ConfigObject | SerializedFunction | Loss | LossFunction;

const registry: Registry<Loss> = {
  module: 'keras.losses',
  kind: 'loss',
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
export function get(identifier: LossIdentifier, who = 'losses.get', customObjects: CustomObjects = {}): Loss {
  const given: unknown = identifier;
  if (given instanceof Loss) return given;
  if (typeof given === 'function') return new LossFunctionWrapper(given as LossFunction);
  const named = typeof given === 'string' ? given : functionName(given);
  if (named !== null) return fromName(named, who, customObjects);
  if (!isIdentifier(given) || typeof given === 'string') {
    throw new TypeError(
      `[${who}] a loss must be a name, a config object, a Loss or a function. Received: ${show(given)}.`,
    );
  }
  return given.class_name === 'LossFunctionWrapper'
    ? fromWrapper(given.config, who, customObjects)
    : fromIdentifier(registry, given, who, customObjects);
}

function fromName(name: string, who: string, customObjects: CustomObjects): Loss {
  const custom = findCustom(customObjects, name);
  if (typeof custom === 'function' && !('fromConfig' in custom)) {
    return new LossFunctionWrapper(custom as LossFunction, { name });
  }
  const isClass = custom !== undefined || Object.hasOwn(registry.classes, name);
  return fromIdentifier(registry, isClass ? name : { class_name: name, config: { name } }, who, customObjects);
}

function fromWrapper(config: Config, who: string, customObjects: CustomObjects): Loss {
  const { fn, ...options } = optionsOf(config);
  const name = isRecord(fn) ? functionName(fn) : null;
  const custom = name === null ? undefined : findCustom(customObjects, name);
  if (typeof custom === 'function') return new LossFunctionWrapper(custom as LossFunction, options);
  throw new TypeError(
    `[${who}] a loss made of a function needs that function. Received: fn=${show(name ?? fn)}. Pass it in customObjects under its name.`,
  );
}

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
  customObjects: CustomObjects = {},
): Loss {
  const isChoice = typeof identifier === 'string' && ['crossentropy', 'ce'].includes(identifier.toLowerCase());
  if (!isChoice) return get(identifier, who, customObjects);
  const options = { name: identifier };
  if (yPredShape.at(-1) === 1) return new crossentropy.BinaryCrossentropy(options);
  if (yTrueShape.length < yPredShape.length || yTrueShape.at(-1) === 1) {
    return new crossentropy.SparseCategoricalCrossentropy(options);
  }
  return new crossentropy.CategoricalCrossentropy(options);
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
  return serializeWith(registry, loss);
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
  return get(config, 'losses.deserialize', customObjects);
}
