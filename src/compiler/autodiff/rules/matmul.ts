import { isKnown, sizeOf } from '../../../core/shape.ts';
import { reshape } from '../../builder/index.ts';
import { createNode } from '../../graph/node.ts';
import type { Value } from '../../ir/value.ts';
import { type GradientRules, binary } from './rule.ts';

const product = (a: Value, b: Value, transposeA: boolean, transposeB: boolean): Value =>
  createNode('matmul', [a, b], { transposeA, transposeB })[0];

/** The value as a matrix: all axes but the last joined. */
const rows = (x: Value): Value => reshape(x, [sizeOf(x.knownShape.slice(0, -1)), x.shape.at(-1) ?? null]);

export const matmulRules: GradientRules<'matmul'> = {
  matmul: binary(
    (dy, _, b, _y, { transposeA, transposeB }) =>
      transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB),
    (dy, a, b, _y, { transposeA, transposeB }) => {
      // One weight matrix for a whole batch: one product over all rows, rather than one per sample and then their sum.
      const isShared = b.rank === 2 && a.rank > 2 && !transposeA && isKnown(a.shape);
      const [left, right] = isShared ? [rows(a), rows(dy)] : [a, dy];
      return transposeB ? product(right, left, true, transposeA) : product(left, right, !transposeA, false);
    },
  ),
};
