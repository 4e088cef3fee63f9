import type { MovementName } from '../../graph/primitives.ts';
import { createNode } from '../../graph/node.ts';
import type { Value } from '../../graph/value.ts';
import { gather, reshape, slice, transpose } from '../../builder/index.ts';
import { type GradientRules, malformed, unary, zeroGradient } from './rule.ts';

/** How many elements an axis of `size` elements takes with `between` others between neighbours. */
const extent = (size: number, between: number): number => size + Math.max(0, size - 1) * between;

export const movementRules: GradientRules<MovementName> = {
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
    return inputs.map((input, i) => {
      const start = end;
      end += input.knownShape[axis] ?? 0;
      if (dy === undefined || dy === null || needs[i] !== true) return null;
      return slice(
        dy,
        dy.shape.map((_, at) => (at === axis ? start : 0)),
        dy.shape.map((_, at) => (at === axis ? end : Infinity)),
      );
    });
  },
  slice: unary((dy, x, y, { starts, strides }) => {
    const between = strides.map((stride) => stride - 1);
    const covered = y.knownShape.map((size, i) => (starts[i] ?? 0) + extent(size, between[i] ?? 0));
    const after = x.knownShape.map((size, i) => size - (covered[i] ?? 0));
    return createNode('pad', [dy], { before: starts, after, between })[0];
  }),
  pad: unary((dy, x, _, { before, between }) => {
    const ends = x.knownShape.map((size, i) => (before[i] ?? 0) + extent(size, between[i] ?? 0));
    return slice(
      dy,
      before,
      ends,
      between.map((count) => count + 1),
    );
  }),
  gather: (node) => {
    const { attributes, cotangents, inputs } = node;
    const [x, indices] = inputs;
    if (x === undefined || indices === undefined) throw malformed(node);
    const size = x.knownShape[attributes.axis] ?? 0;
    return [scatter(cotangents[0] ?? null, indices, attributes.axis, size), null];
  },
  scatterAdd: (node) => {
    const [[, indices], [dy]] = [node.inputs, node.cotangents];
    if (indices === undefined) throw malformed(node);
    return [dy === undefined || dy === null ? null : gather(dy, indices, node.attributes.axis), null];
  },
  oneHot: zeroGradient,
};

function scatter(dy: Value | null, indices: Value, axis: number, size: number): Value | null {
  return dy === null ? null : createNode('scatterAdd', [dy, indices], { axis, size })[0];
}
