import { checkNumber } from '../../../core/checks.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toFloat } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { leakyRelu } from './activations.ts';

const { greater, minimum, multiply, negative, subtract, where } = build;

/** Options of `activations.relu`. */
export interface ReLUOptions {
  /** The slope below the threshold. @default 0 */
  negativeSlope?: number;
  /** The maximum of the result; null for none. @default null */
  maxValue?: number | null;
  /** Inputs up to the threshold are multiplied by `negativeSlope`. @default 0 */
  threshold?: number;
}

/**
 * The rectified linear unit: max(x, 0), with a slope below a threshold and a maximum on request.
 *
 * f(x) = maxValue for x ≥ maxValue; x for threshold < x < maxValue; negativeSlope · (x − threshold) otherwise.
 *
 * Shapes: the result has the shape of x.
 * @throws TypeError if an option does not exist or is not a number.
 * @example
 * await jit((x) => activations.relu(x, { maxValue: 6 }))([-1, 3, 9]);   // [0, 3, 6]
 * @see https://keras.io/api/layers/activations/#relu-function
 */
export const reluWithOptions: Symbolic<(x: Operand, options?: ReLUOptions) => Value> = op(
  'activations.ReLU',
  ['x'],
  { negativeSlope: 0, maxValue: null, threshold: 0 },
  function relu(x: Operand, options: ReLUOptions = {}): Value {
    const slope = checkNumber('activations.relu', 'negativeSlope', options.negativeSlope ?? 0);
    const limit = checkNumber('activations.relu', 'threshold', options.threshold ?? 0);
    const ceiling = options.maxValue ?? null;
    const value = toFloat(x);
    if (slope !== 0 && ceiling === null && limit === 0) return leakyRelu(value, { negativeSlope: slope });
    let positive = limit === 0 ? build.relu(value) : where(greater(value, limit), value, 0);
    if (ceiling !== null) positive = minimum(positive, checkNumber('activations.relu', 'maxValue', ceiling));
    if (slope === 0) return positive;
    const below = build.relu(limit === 0 ? negative(value) : subtract(limit, value));
    return subtract(positive, multiply(below, slope));
  },
);
