import { createNode } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { type Operand, castTo, toFloat, toValue } from './operand.ts';

/** (x − mean) · scale + offset; the coefficients broadcast against x and have its rank. */
export function normalizeWith(x: Operand, mean: Operand, scale: Operand, offset: Operand): Value {
  const value = toFloat(x);
  const coefficients = [mean, scale, offset].map((operand) => castTo(toValue(operand), value.dtype));
  return createNode('normalize', [value, ...coefficients], {})[0];
}
