import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { unifyTwo } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { valueOf } from './axes.ts';

/** The elements along an axis in increasing order, and their indices; equal elements stay in order. */
export function sortAlong(value: Value, axis: number): readonly [sorted: Value, indices: Value] {
  const size = value.shape[axis] ?? null;
  if (size === null) return [value, valueOf(value.shape, 'int32')];
  return build.topK(value, { axis, k: size, largest: false });
}

/** The place of each value in an increasing sequence: a binary search, in as many steps as its length has bits. */
export function placesIn(sequence: Value, values: Value, side: 'left' | 'right'): Value {
  const size = sequence.shape[0] ?? null;
  const zeros = valueOf(values.shape, 'int32');
  if (size === null || size === 0) return zeros;
  const isBefore = side === 'left' ? build.less : build.lessEqual;
  const [ordered, wanted] = unifyTwo(sequence, values);
  let place = zeros;
  for (let step = 2 ** Math.floor(Math.log2(size)); step >= 1; step /= 2) {
    const next = build.add(place, step);
    const element = build.gather(ordered, build.subtract(build.minimum(next, size), 1), 0);
    const moves = build.logicalAnd(build.lessEqual(next, size), isBefore(element, wanted));
    place = build.where(moves, next, place);
  }
  return place;
}

/** A value that must have one axis. */
export function checkLine(who: string, name: string, value: Value): Value {
  if (value.rank === 1) return value;
  throw new ValueError(`[${who}] ${name} must have one axis. Received: ${name} of shape ${showShape(value.shape)}.`);
}
