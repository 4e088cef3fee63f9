import { checkInteger, checkOptions } from '../../core/checks.ts';
import { type DType, checkDType, isFloat } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import type { KnownShape } from '../../core/shape.ts';
import * as build from '../../compiler/builder/index.ts';
import { type Operand, castTo } from '../../compiler/builder/operand.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { Draws, type DrawOptions, type SeedOptions, readDraw, readParameter, readShape } from './draws.ts';

/** Options of {@link uniform}. */
export interface UniformOptions extends DrawOptions {
  /** The lower bound, inclusive. @default 0 */
  minval?: Operand;
  /** The upper bound, exclusive but for rounding. @default 1 */
  maxval?: Operand;
}

/**
 * Random numbers of a uniform distribution on [minval, maxval).
 *
 * Shapes: the shape of the result; the bounds broadcast to it.
 *
 * @throws ValueError if a size is unknown, the dtype is not a floating-point type, or a bound does not broadcast.
 * @example
 * const x = await evaluate(random.uniform([100], { minval: 2, maxval: 3, seed: 1 }));
 * x.data.every((each) => each >= 2 && each < 3);    // true
 * @see https://keras.io/api/random/random_ops/#uniform-function
 */
export function uniform(shape: KnownShape, options: UniformOptions = {}): Value {
  const who = 'random.uniform';
  const drawn = readDraw(who, shape, options, ['minval', 'maxval']);
  const { minval = 0, maxval = 1 } = options;
  const low = readParameter(who, 'minval', minval, drawn);
  const width = build.subtract(readParameter(who, 'maxval', maxval, drawn), low);
  return build.add(build.multiply(drawn.draws.uniform(drawn.shape, drawn.dtype), width), low);
}

/** Options of {@link randint}. */
export interface RandintOptions extends SeedOptions {
  /** The integer type. @default 'int32' */
  dtype?: DType | null;
}

/** Wider ranges are drawn in float64, whose uniform numbers are made of two draws. */
const MAX_SINGLE = 1024;

/**
 * Random integers of a uniform distribution on [minval, maxval).
 *
 * Shapes: the shape of the result.
 *
 * @throws TypeError if a bound is not an integer; ValueError if the range is empty, a size is unknown, or the dtype is not an
 * integer type.
 * @example
 * const dice = await evaluate(random.randint([100], 1, 7, { seed: 1 }));
 * [Math.min(...dice.data), Math.max(...dice.data)];    // [1, 6]
 * @see https://keras.io/api/random/random_ops/#randint-function
 */
export function randint(shape: KnownShape, minval: number, maxval: number, options: RandintOptions = {}): Value {
  const who = 'random.randint';
  checkOptions(who, options, ['dtype', 'seed']);
  const { dtype = null, seed = null } = options;
  const type = dtype === null ? 'int32' : checkDType(dtype, who);
  if (isFloat(type) || type === 'bool') {
    throw new ValueError(`[${who}] dtype must be an integer type. Received: dtype=${show(dtype)}.`);
  }
  const low = checkInteger(who, 'minval', minval, -(2 ** 31));
  const range = checkInteger(who, 'maxval', maxval, -(2 ** 31)) - low;
  if (range < 1) {
    throw new ValueError(`[${who}] maxval must be greater than minval. Received: minval=${minval}, maxval=${maxval}.`);
  }
  const sizes = readShape(who, shape);
  const draws = new Draws(who, seed);
  // The product with a number below 1 rounds to one below the range, which is an integer.
  if (range <= MAX_SINGLE) {
    const place = build.floor(build.multiply(draws.uniform(sizes, 'float32'), range));
    return castTo(build.add(castTo(place, 'int32'), low), type);
  }
  const fine = build.multiply(draws.uniform(sizes, 'float64'), 2 ** -24);
  const place = build.floor(build.multiply(build.add(draws.uniform(sizes, 'float64'), fine), range));
  return castTo(build.add(place, low), type);
}
