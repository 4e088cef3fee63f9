import { createNode } from '../graph/node.ts';

import type { PrimitiveAttributes, Value } from '../ir/value.ts';
import { type Operand, castTo, toFloat, toValue } from './operand.ts';

/** (x − mean) · scale + offset; the coefficients broadcast against x and have its rank. */
export function normalizeWith(x: Operand, mean: Operand, scale: Operand, offset: Operand): Value {
  const value = toFloat(x);
  const coefficients = [mean, scale, offset].map((operand) => castTo(toValue(operand), value.dtype));
  return createNode('normalize', [value, ...coefficients], {})[0];
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
