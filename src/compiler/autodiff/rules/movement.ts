import { gather, reshape, slice, transpose } from '../../builder/index.ts';
import { createNode } from '../../graph/node.ts';
import type { Value } from '../../ir/value.ts';
import { type GradientRules, unary, zeroGradient } from './rule.ts';

/** The size of an axis of `size` elements with `between` others between neighbors. */
const spreadSize = (size: number, between: number): number => size + Math.max(0, size - 1) * between;

export const movementRules: GradientRules<'movement'> = {
  reshape: unary((dy, x) => reshape(dy, x.shape)),
  transpose: unary((dy, _x, _y, { permutation }) =>
    transpose(
      dy,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ),
  broadcastTo: unary((dy) => dy),
  concatenate: ({ inputs, attributes: { axis }, cotangents: [dy], needs }) => {
    let end = 0;
    const part = (input: Value, i: number): Value | null => {
      const start = end;
      end += input.knownShape[axis] ?? 0;
      if (needs[i] !== true) return null;
      return slice(
        dy,
        dy.shape.map((_, at) => (at === axis ? start : 0)),
        dy.shape.map((_, at) => (at === axis ? end : Infinity)),
      );
    };
    const [first, ...rest] = inputs;
    return [part(first, 0), ...rest.map((input, i) => part(input, i + 1))];
  },
  slice: unary((dy, x, y, { starts, strides }) => {
    const between = strides.map((stride) => stride - 1);
    const covered = y.knownShape.map((size, i) => (starts[i] ?? 0) + spreadSize(size, between[i] ?? 0));
    const after = x.knownShape.map((size, i) => size - (covered[i] ?? 0));
    return createNode('pad', [dy], { before: starts, after, between })[0];
  }),
  pad: unary((dy, x, _, { before, between }) => {
    const ends = x.knownShape.map((size, i) => (before[i] ?? 0) + spreadSize(size, between[i] ?? 0));
    return slice(
      dy,
      before,
      ends,
      between.map((count) => count + 1),
    );
  }),
  gather: ({ inputs: [x, indices], cotangents: [dy], attributes: { axis } }) => [
    createNode('scatterAdd', [dy, indices], { axis, size: x.knownShape[axis] ?? 0 })[0],
    null,
  ],
  scatterAdd: ({ inputs: [, indices], cotangents: [dy], attributes: { axis } }) => [gather(dy, indices, axis), null],
  oneHot: zeroGradient,
};
