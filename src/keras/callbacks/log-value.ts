import { ValueError } from '../../core/errors.ts';
import { type Shape, isKnown, sizeOf } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';

/**
 * A value for logs: a number, or nested arrays of a metric whose result has axes, such as one number for each class. The type
 * of logs is that of the former, since almost all programs compute with scalars.
 */
export function logValue(result: Tensor): number {
  return result.rank === 0 ? result.item() : result.toArray();
}

/** The numbers of a value that has axes; `null` for a number. */
export function vectorOf(value: number): readonly number[] | null {
  const given: unknown = value;
  return Array.isArray(given) ? (given.flat(Infinity) as number[]) : null;
}

/** The mean of a value that has axes, as Keras prints it; the value itself for a number. */
export function meanOf(value: number): number {
  const vector = vectorOf(value);
  return vector === null ? value : vector.reduce((sum, each) => sum + each, 0) / vector.length;
}

/** @throws ValueError if a value to monitor has axes */
export function checkScalar(who: string, name: string, value: number): number {
  const vector = vectorOf(value);
  if (vector === null) return value;
  throw notScalar(who, name, [vector.length]);
}

/** The error for a value to monitor that has axes. */
export function notScalar(who: string, name: string, shape: Shape): ValueError {
  const count = isKnown(shape) ? `a list of ${sizeOf(shape)}` : 'a list';
  return new ValueError(
    `[${who}] monitor must name a value that is one number. Received: monitor=${JSON.stringify(name)}, ${count}. Give the metric an average or a single threshold, such as new F1Score({ average: 'macro' }).`,
  );
}
