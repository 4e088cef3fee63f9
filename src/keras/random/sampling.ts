import { canonicalAxis } from '../../core/axes.ts';
import { checkInteger, checkNumber, checkOptions } from '../../core/checks.ts';
import { type DType, checkDType, isFloat } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { type Shape, compatible, showShape } from '../../core/shape.ts';
import * as build from '../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue } from '../../compiler/builder/operand.ts';
import { createNode } from '../../compiler/graph/node.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { Draws, type SeedOptions } from './draws.ts';

/** Options of {@link categorical}. */
export interface CategoricalOptions extends SeedOptions {
  /** The integer type of the classes. @default 'int32' */
  dtype?: DType | null;
}

/**
 * Random classes by their unnormalized log-probabilities. With E = −ln u, exponentially distributed, the class with the smallest
 * E / p is of probability p.
 *
 * Shapes: logits `[batch, classes]` → `[batch, numSamples]`.
 *
 * @throws ValueError if logits has not two axes, or the dtype is not an integer type.
 * @example
 * await evaluate(random.categorical([[0, -1e9], [-1e9, 0]], 3, { seed: 1 }));    // [[0, 0, 0], [1, 1, 1]]
 * @see https://keras.io/api/random/random_ops/#categorical-function
 */
export function categorical(logits: Operand, numSamples: number, options: CategoricalOptions = {}): Value {
  const who = 'random.categorical';
  checkOptions(who, options, ['dtype', 'seed']);
  const { dtype = null, seed = null } = options;
  const type = dtype === null ? 'int32' : checkDType(dtype, who);
  if (isFloat(type) || type === 'bool') {
    throw new ValueError(`[${who}] dtype must be an integer type. Received: dtype=${show(dtype)}.`);
  }
  checkInteger(who, 'numSamples', numSamples, 1);
  const given = toFloat(logits);
  const [batch = null, classes = null] = given.shape;
  if (given.rank !== 2) {
    throw new ValueError(
      `[${who}] logits must have the shape [batch, classes]. Received: shape ${showShape(given.shape)}.`,
    );
  }
  const draws = new Draws(who, seed);
  const exponential = build.negative(build.log(draws.positive([batch, numSamples, classes], given.dtype)));
  // ln E is −∞ for u = 1, which wins against all classes but those of probability 0.
  const spread = build.reshape(given, [batch, 1, classes]);
  const race = build.subtract(spread, build.log(build.maximum(exponential, 1e-30)));
  return castTo(createNode('argMax', [race], { axis: 2, keepDims: false })[0], type);
}

/** Options of {@link dropout}. */
export interface DropoutOptions extends SeedOptions {
  /** The shape of the random mask: 1 where elements are dropped together, null for the size of the input. @default null */
  noiseShape?: Shape | null;
}

/**
 * The input with a random part of its elements set to 0, and the others divided by 1 − rate.
 *
 * Shapes: any → the same.
 *
 * @throws ValueError if the rate is not in [0, 1], or noiseShape does not broadcast to the input.
 * @example
 * const y = await evaluate(random.dropout([[1, 2], [3, 4]], 0.5, { seed: 3 }));
 * y.data.every((each, i) => each === 0 || each === 2 * (i + 1));    // true
 * @see https://keras.io/api/random/random_ops/#dropout-function
 */
export function dropout(inputs: Operand, rate: number, options: DropoutOptions = {}): Value {
  const who = 'random.dropout';
  checkOptions(who, options, ['noiseShape', 'seed']);
  const { noiseShape = null, seed = null } = options;
  if (checkNumber(who, 'rate', rate) < 0 || rate > 1) {
    throw new ValueError(`[${who}] rate must be in [0, 1]. Received: rate=${rate}.`);
  }
  const x = toFloat(inputs);
  const noise = (noiseShape ?? x.shape).map((size, i) => size ?? x.shape[i] ?? null);
  const fits =
    noise.length === x.rank && noise.every((size, i) => size === 1 || compatible([size], [x.shape[i] ?? null]));
  if (!fits) {
    throw new ValueError(
      `[${who}] noiseShape must have the rank of the input, and 1 or null where the sizes differ. Received: noiseShape=${showShape(noise)}, input of shape ${showShape(x.shape)}.`,
    );
  }
  if (rate === 0) return x;
  if (rate === 1) return build.fullLike(x, 0);
  const drawn = new Draws(who, seed).uniform(noise, x.dtype);
  return build.multiply(x, build.where(build.lessEqual(rate, drawn), 1 / (1 - rate), 0));
}

/** Options of {@link shuffle}. */
export interface ShuffleOptions extends SeedOptions {
  /** The axis. @default 0 */
  axis?: number;
}

/**
 * x with its slices along an axis in random order. The slices remain whole, as on TensorFlow and PyTorch.
 *
 * Shapes: any of rank ≥ 1 → the same.
 *
 * @throws ValueError if the axis is out of range or of unknown size.
 * @example
 * const x = await evaluate(random.shuffle([1, 2, 3, 4, 5], { seed: 2 }));
 * Array.from(x.data).sort();    // [1, 2, 3, 4, 5]
 * @see https://keras.io/api/random/random_ops/#shuffle-function
 */
export function shuffle(x: Operand, options: ShuffleOptions = {}): Value {
  const who = 'random.shuffle';
  checkOptions(who, options, ['axis', 'seed']);
  const { axis = 0, seed = null } = options;
  const value = toValue(x);
  const at = canonicalAxis(axis, value.rank, who);
  const size = value.shape[at] ?? null;
  // While a model is described, sizes may be unknown, and only the shape of the result matters.
  if (size === null) return value;
  const drawn = new Draws(who, seed).uniform([size], 'float32');
  const [, order] = build.topK(drawn, { axis: 0, k: size, largest: true });
  return build.gather(value, order, at);
}
