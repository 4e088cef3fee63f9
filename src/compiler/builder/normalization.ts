import { constant } from '../graph/leaves.ts';
import { createNode } from '../graph/node.ts';
import type { PrimitiveAttributes, Value } from '../ir/value.ts';
import { broadcastTo } from './movement.ts';
import { type Operand, castTo, toFloat, toValue } from './operand.ts';

/** (x − mean) · scale + offset; the coefficients broadcast against x and have its rank. */
export function normalizeWith(x: Operand, mean: Operand, scale: Operand, offset: Operand): Value {
  const value = toFloat(x);
  const coefficients = [mean, scale, offset].map((operand) => castTo(toValue(operand), value.dtype));
  return createNode('normalize', [value, ...coefficients], {})[0];
}

/**
 * (x − mean) / √(variance + ε) over axes, and 1 / √(variance + ε), computed from (x − shift) · unit: a number near the mean and
 * a power of two for each slice, on which the results do not depend. Not centered, x / √(mean(x²) + ε).
 */
export function standardize(
  x: Value,
  { shift, unit }: { readonly shift: Value | null; readonly unit: Value },
  attributes: Omit<PrimitiveAttributes['standardize'], 'centered'>,
): readonly [standardized: Value, inverse: Value] {
  const operands = [x, shift ?? zeroCoefficient(x), unit];
  const [standardized, inverse = standardized] = createNode('standardize', operands, {
    ...attributes,
    centered: shift !== null,
  });
  return [standardized, inverse];
}

/** A zero of the rank of x. */
export function zeroCoefficient(x: Value): Value {
  const ones = x.shape.map(() => 1);
  return broadcastTo(constant(0, x.dtype), ones);
}

/**
 * The mean and the population variance over axes, which remain with size 1. `centered` asserts that the mean is small
 * relative to the standard deviation, which saves a pass.
 */
export function moments(
  x: Operand,
  attributes: PrimitiveAttributes['moments'],
): readonly [mean: Value, variance: Value] {
  const [mean, variance = mean] = createNode('moments', [toFloat(x)], attributes);
  return [mean, variance];
}
