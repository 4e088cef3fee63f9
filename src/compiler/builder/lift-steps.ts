import type { Shape } from '../../core/shape.ts';
import { copyScope, topologicalOrder } from '../graph/graph.ts';
import { input } from '../graph/leaves.ts';
import { createNode } from '../graph/node.ts';
import { substitute } from '../graph/rewrite.ts';
import { isElementwise } from '../ir/primitives.ts';
import { type Node, type Value, isNode } from '../ir/value.ts';
import { reshape } from './movement.ts';

/** A scan whose step is described by values that may also depend on values around it. */
export interface OpenScan {
  /** The placeholder of each state in a step: a result of an `input` node. */
  readonly states: readonly Value[];
  /** The placeholder of the slice of each sequence. */
  readonly slices: readonly Value[];
  /** The states after a step, then the outputs of the step. */
  readonly results: readonly Value[];
  /** The states before the first step. */
  readonly initial: readonly Value[];
  readonly sequences: readonly Value[];
  readonly reverse: boolean;
}

/** A scan without the computations that do not depend on its states. */
export interface LiftedScan extends Pick<OpenScan, 'sequences' | 'slices' | 'results'> {
  /** For each result, its stacked form if it does not depend on the states. */
  readonly whole: readonly (Value | undefined)[];
}

/**
 * Computes what a step computes without its states for all steps at once: one large product instead of many small ones. The
 * results become sequences.
 */
export function liftSteps({ states, slices, results, sequences }: OpenScan): LiftedScan {
  const lifted = new Map<Value, Value>(slices.map((slice, i) => [slice, sequences[i] ?? slice]));
  const isWithin = new Set<Value>([...states, ...slices]);
  const ends = new Set(isWithin);
  for (const node of topologicalOrder(results, ends)) {
    if (!node.inputs.some((value) => isWithin.has(value))) continue;
    for (const value of node.outputs) isWithin.add(value);
    if (!node.inputs.every((value) => lifted.has(value) || !isWithin.has(value))) continue;
    const outputs = lift(node, (value) => lifted.get(value) ?? null);
    for (const [i, value] of node.outputs.entries()) {
      const whole = outputs?.[i];
      if (whole === undefined) continue;
      if (whole.node.scope === null) copyScope(whole.node, node);
      lifted.set(value, whole);
    }
  }
  // A state must be an output of the body, even if it does not depend on the states.
  const whole = results.map((value, i) => (i < states.length ? undefined : lifted.get(value)));
  const inner = results.filter((_, i) => whole[i] === undefined);
  const border = new Set<Value>();
  const known: { has(value: Value): boolean } = { has: (value) => lifted.has(value) || ends.has(value) };
  for (const value of inner) if (lifted.has(value)) border.add(value);
  for (const { inputs } of topologicalOrder(inner, known)) {
    for (const value of inputs) if (lifted.has(value)) border.add(value);
  }
  // The number of steps is that of a sequence.
  const [first] = slices;
  if (border.size === 0 && first !== undefined) border.add(first);
  const made = new Map([...border].map((value, i) => [value, input(`slice_${i}`, value.shape, value.dtype)]));
  return {
    sequences: [...border].flatMap((value) => lifted.get(value) ?? []),
    slices: [...made.values()],
    results: substitute(results, made),
    whole,
  };
}

/** The results of a node for all steps at once, if its primitive allows it; null otherwise. */
function lift(node: Node, wholeOf: (value: Value) => Value | null): readonly Value[] | null {
  const [output] = node.outputs;
  const [first, second] = node.inputs;
  if (output === undefined || first === undefined) return null;
  const [x, other] = [wholeOf(first), second === undefined ? null : wholeOf(second)];
  const steps = (x ?? other)?.shape[0] ?? null;
  if (isElementwise(node.primitive) || isNode(node, 'normalize') || isNode(node, 'matmul')) {
    const operands = node.inputs.map((value) => {
      const whole = wholeOf(value);
      if (whole !== null) return withLeadingAxes(whole, output.rank + 1);
      // Coefficients must have the rank of what they normalize.
      return isNode(node, 'normalize') ? reshape(value, [1, ...value.shape]) : value;
    });
    return createNode(node.primitive, operands, node.attributes);
  }
  if (x === null) return null;
  if (isNode(node, 'reshape')) return [reshape(x, [steps, ...output.shape])];
  if (isNode(node, 'transpose')) {
    return createNode('transpose', [x], { permutation: [0, ...node.attributes.permutation.map((axis) => axis + 1)] });
  }
  if (isNode(node, 'concatenate')) {
    const all = node.inputs.flatMap((value) => wholeOf(value) ?? []);
    return all.length < node.inputs.length ? null : createNode('concatenate', all, { axis: node.attributes.axis + 1 });
  }
  if (isNode(node, 'slice')) {
    const { starts, ends, strides } = node.attributes;
    return createNode('slice', [x], {
      starts: [0, ...starts],
      ends: [Infinity, ...ends],
      strides: [1, ...strides],
    });
  }
  if (isNode(node, 'pad')) {
    const { before, after, between } = node.attributes;
    return createNode('pad', [x], { before: [0, ...before], after: [0, ...after], between: [0, ...between] });
  }
  if (
    isNode(node, 'reduceSum') ||
    isNode(node, 'reduceMean') ||
    isNode(node, 'reduceMax') ||
    isNode(node, 'reduceMin')
  ) {
    const { axes, keepDims } = node.attributes;
    return createNode(node.primitive, [x], { axes: axes.map((axis) => axis + 1), keepDims });
  }
  if (isNode(node, 'softmax') || isNode(node, 'logSoftmax')) {
    return createNode(node.primitive, [x], { axis: node.attributes.axis + 1 });
  }
  if (isNode(node, 'oneHot')) return createNode('oneHot', [x], node.attributes);
  if (isNode(node, 'conv') && other === null && second !== undefined) {
    const joined = reshape(x, [product(steps, x.shape[1] ?? null), ...x.shape.slice(2)]);
    return [reshape(createNode('conv', [joined, second], node.attributes)[0], [steps, ...output.shape])];
  }
  return null;
}

/** The value with axes of size 1 after the first, so that it broadcasts as its slices do. */
function withLeadingAxes(x: Value, rank: number): Value {
  const [steps = null, ...rest] = x.shape;
  const ones: Shape = Array.from({ length: Math.max(0, rank - x.rank) }, () => 1);
  return reshape(x, [steps, ...ones, ...rest]);
}

const product = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a * b);
