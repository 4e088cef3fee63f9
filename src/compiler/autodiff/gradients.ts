import { isFloat } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { compatible, showShape } from '../../core/shape.ts';
import { constant, initialState } from '../graph/leaves.ts';
import { copyScope, labelScope, topologicalOrder } from '../graph/graph.ts';
import type { PrimitiveName } from '../ir/primitives.ts';
import type { Node, Value } from '../ir/value.ts';
import { Variable } from '../ir/variable.ts';
import { add, broadcastTo } from '../builder/index.ts';
import { gradientRules } from './rules/index.ts';
import { type Application, type GradientRule, type PullBack, zeroGradient } from './rules/rule.ts';
import { sumTo } from '../builder/unbroadcast.ts';

/**
 * Returns the gradients of a scalar with respect to values or variables, as new values computed from those of the graph.
 *
 * With a seed the output may have any shape: the gradients are then those of Σ seed · output.
 * A gradient is null if the output does not depend on the value, or only through steps, integers or `stopGradient`.
 * The new nodes have the scope `gradient of …` of the node that they differentiate.
 *
 * @throws ValueError if the output is not a scalar and there is no seed.
 * @throws NotImplementedError if a primitive between the values and the output has no gradient.
 * @example
 * await jit((w) => gradients(ops.sum(ops.square(w)), [w]))([1, 2]);   // [[2, 4]]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.grad.html
 */
export function gradients(
  output: Value,
  withRespectTo: readonly (Value | Variable)[],
  seed?: Value,
): readonly (Value | null)[] {
  const targets = withRespectTo.map((target) => (target instanceof Variable ? initialState(target) : target));
  const start = seed ?? unitSeed(output);
  checkSeed(output, start);
  return pullBack([[output, start]], targets);
}

const pullBack: PullBack = (seeds, targets) => {
  const order = topologicalOrder(seeds.map(([value]) => value));
  const active = activeValues(order, targets);
  const found = new Cotangents();
  for (const [value, seed] of seeds) if (active.has(value)) found.add(value, seed);
  for (const node of order.toReversed()) {
    const needs = node.inputs.map((value) => active.has(value));
    if (!needs.includes(true)) continue;
    const cotangents = node.outputs.map((value) => found.total(value));
    if (cotangents.every((cotangent) => cotangent === null)) continue;
    for (const [i, gradient] of applyRule(node, cotangents, needs).entries()) {
      const input = node.inputs[i];
      if (gradient === null || input === undefined || needs[i] !== true) continue;
      const cotangent = sumTo(gradient, input.shape);
      labelMade(node, cotangent, cotangents);
      found.add(input, cotangent);
    }
  }
  return targets.map((value) => found.total(value));
};

function applyRule(
  node: Node,
  cotangents: readonly (Value | null)[],
  needs: readonly boolean[],
): readonly (Value | null)[] {
  // A table indexed by a union loses the connection between name and attributes: the one cast of this stage.
  const rule = gradientRules[node.primitive] as GradientRule<PrimitiveName> | typeof zeroGradient;
  if (rule === zeroGradient) return [];
  return rule({ ...node, cotangents, needs, pullBack } as unknown as Application<PrimitiveName>);
}

/** The values that depend on the given ones: the only ones whose gradients are computed. */
function activeValues(order: readonly Node[], withRespectTo: readonly Value[]): ReadonlySet<Value> {
  const active = new Set(withRespectTo.filter((value) => isFloat(value.dtype)));
  for (const node of order) {
    if (gradientRules[node.primitive] === zeroGradient || !node.inputs.some((value) => active.has(value))) continue;
    for (const value of node.outputs) if (isFloat(value.dtype)) active.add(value);
  }
  return active;
}

/** The gradients accumulated for each value. */
class Cotangents {
  readonly #found = new Map<Value, Value>();

  add(value: Value, cotangent: Value): void {
    const previous = this.#found.get(value);
    this.#found.set(value, previous === undefined ? cotangent : mark(value.node, add(previous, cotangent)));
  }

  /** The accumulated gradient, in the shape of the value; null if there is none. */
  total(value: Value): Value | null {
    const sum = this.#found.get(value);
    if (sum === undefined) return null;
    const whole = broadcastTo(sum, value.shape);
    if (whole !== sum) mark(value.node, whole);
    this.#found.set(value, whole);
    return whole;
  }
}

const scopeOf = (node: Node): string | null => (node.scope === null ? null : `gradient of ${node.scope}`);

/** Sets the scope of the last node of the gradient of a value. */
function mark(node: Node, made: Value): Value {
  copyScope(made.node, { ...node, scope: scopeOf(node) });
  return made;
}

/** Sets the scope of all nodes that a rule made, between the node's own values and the gradient. */
function labelMade(node: Node, made: Value, cotangents: readonly (Value | null)[]): void {
  const scope = scopeOf(node);
  if (scope === null) return;
  const own = [...node.inputs, ...node.outputs, ...cotangents.filter((value) => value !== null)];
  labelScope([made], own, scope, node.isHalf);
}

function unitSeed(output: Value): Value {
  if (output.rank === 0) return constant(1, output.dtype);
  throw new ValueError(
    `[gradients] the output must be a scalar unless a seed is given. Received: an output of shape ${showShape(output.shape)}.`,
  );
}

function checkSeed(output: Value, seed: Value): void {
  if (!isFloat(output.dtype)) {
    throw new ValueError(
      `[gradients] only a floating-point output can be differentiated. Received: an output of dtype ${output.dtype}.`,
    );
  }
  if (seed.dtype !== output.dtype || !compatible(seed.shape, output.shape)) {
    throw new ValueError(
      `[gradients] the seed must have the dtype and shape of the output, ${output.dtype}${showShape(output.shape)}. Received: ${seed.dtype}${showShape(seed.shape)}.`,
    );
  }
}
