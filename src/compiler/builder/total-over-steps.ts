import { createNode } from '../graph/node.ts';
import { type Value, isNode } from '../ir/value.ts';
import { addAll, negative } from './elementwise.ts';
import { concatenate, reshape, transpose } from './movement.ts';
import { sum } from './reductions.ts';

/** The sum of a value over all steps of a scan, computed from the stacked values that it is made of. */
export interface Total {
  /** The values of a step to stack. */
  readonly reads: readonly Value[];
  /** The total, given the stacked form of each of them. */
  readonly finish: (wholeOf: (value: Value) => Value) => Value;
}

/** The first two axes as one. */
function joined(x: Value): Value {
  const [steps = null, rows = null, ...rest] = x.shape;
  return reshape(x, [steps === null || rows === null ? null : steps * rows, ...rest]);
}

/**
 * The sum over all steps of the gradient of a weight, where it is one operation on all steps: a product whose rows are those of
 * all steps, instead of one product and one addition in each of them. Null for other values.
 */
export function totalOf(value: Value): Total | null {
  const { node } = value;
  const [a, b] = node.inputs;
  if (a === undefined) return null;
  const map = (x: Value, finish: (total: Value) => Value): Total | null => {
    const inner = totalOf(x);
    return inner === null ? null : { reads: inner.reads, finish: (wholeOf) => finish(inner.finish(wholeOf)) };
  };
  if (isNode(node, 'matmul') && b !== undefined && a.rank === 2 && b.rank === 2) {
    const { attributes } = node;
    // Each row of both operands belongs to one sample.
    if (!attributes.transposeA || attributes.transposeB) return null;
    return {
      reads: [a, b],
      finish: (wholeOf) => createNode('matmul', [joined(wholeOf(a)), joined(wholeOf(b))], attributes)[0],
    };
  }
  if (isNode(node, 'convKernelGradient') && b !== undefined) {
    const { attributes } = node;
    return {
      reads: [a, b],
      finish: (wholeOf) => createNode('convKernelGradient', [joined(wholeOf(a)), joined(wholeOf(b))], attributes)[0],
    };
  }
  if (isNode(node, 'reduceSum')) {
    const { axes, keepDims } = node.attributes;
    return {
      reads: [a],
      finish: (wholeOf) => {
        const whole = sum(wholeOf(a), { axes: [0, ...axes.map((axis) => axis + 1)], keepDims });
        return keepDims ? reshape(whole, value.shape) : whole;
      },
    };
  }
  if (isNode(node, 'add') || isNode(node, 'concatenate')) {
    const parts = node.inputs.map((each) => (isNode(node, 'add') && each.rank !== value.rank ? null : totalOf(each)));
    const all = parts.flatMap((part) => part ?? []);
    const [first] = all;
    if (all.length < parts.length || first === undefined) return null;
    const reads = all.flatMap((part) => part.reads);
    return {
      reads,
      finish: (wholeOf) => {
        const [head, ...rest] = all.map((part) => part.finish(wholeOf));
        if (head === undefined) return first.finish(wholeOf);
        return isNode(node, 'concatenate')
          ? concatenate([head, ...rest], node.attributes.axis)
          : addAll([head, ...rest]);
      },
    };
  }
  if (isNode(node, 'reshape')) return map(a, (total) => reshape(total, value.shape));
  if (isNode(node, 'transpose')) return map(a, (total) => transpose(total, node.attributes.permutation));
  if (isNode(node, 'pad')) return map(a, (total) => createNode('pad', [total], node.attributes)[0]);
  return isNode(node, 'negate') ? map(a, negative) : null;
}
