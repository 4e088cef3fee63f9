import type { Shape } from '../../core/shape.ts';
import type { Value } from '../ir/value.ts';
import { reshape, sum } from './index.ts';

/** Whether summing over axes turns one shape into the other. */
export function reducesTo(from: Shape, to: Shape): boolean {
  const lead = from.length - to.length;
  return lead >= 0 && to.every((size, i) => size === 1 || size === from[i + lead]);
}

/**
 * Undoes broadcasting: sums over the axes that `shape` does not have, and over those on which it has size 1.
 * Axes on which the value itself has size 1 are kept.
 */
export function sumTo(value: Value, shape: Shape): Value {
  const lead = Math.max(0, value.rank - shape.length);
  const offset = shape.length - value.rank;
  const axes = value.shape.flatMap((size, i) => (i < lead || (size !== 1 && shape[i + offset] === 1) ? [i] : []));
  const reduced = sum(value, { axes, keepDims: true });
  return lead === 0 ? reduced : reshape(reduced, reduced.shape.slice(lead));
}
