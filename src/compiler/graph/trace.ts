import { ValueError } from '../../core/errors.ts';
import { compatible, showShape } from '../../core/shape.ts';
import type { Update } from './graph.ts';
import { initialState } from './leaves.ts';
import type { Node, Value } from './value.ts';
import type { Variable } from './variable.ts';

const traces = new WeakMap<Node, Trace>();

/**
 * What a program gathers while the functions that describe it run: new state, penalties, masks.
 * Layers reach it through their call context; a value finds its trace through the inputs it was computed from.
 *
 * @example
 * class Counter extends Layer {
 *   built = true;
 *   count = this.addWeight({ name: 'count', shape: [], trainable: false });
 *   call(x, { trace }) {
 *     trace.update(this.count, ops.add(trace.read(this.count), 1));
 *     return x;
 *   }
 * }
 * const counter = new Counter();
 * await counter.apply([5]);
 * await counter.apply([5]);
 * counter.count.value;   // 2
 * @see https://docs.jax.dev/en/latest/tracing.html
 */
export class Trace {
  /** Whether the layer call under way is a training call; null outside of any. Inner calls inherit it. */
  training: boolean | null = null;
  readonly #state = new Map<Variable, Value>();
  readonly #losses: Value[] = [];
  readonly #masks = new WeakMap<Value, Value>();

  /** The state of a variable at this point: what the last update wrote, or what the program started with. */
  read(variable: Variable): Value {
    return this.#state.get(variable) ?? initialState(variable);
  }

  /**
   * Says which value a variable has from here on.
   * @throws ValueError if the shape or the type is not the variable's.
   */
  update(variable: Variable, value: Value): void {
    if (!compatible(value.shape, variable.shape) || value.dtype !== variable.dtype) {
      throw new ValueError(
        `[update] the new state of ${variable.path} must be ${variable.dtype}${showShape(variable.shape)}. Received: ${value.dtype}${showShape(value.shape)}.`,
      );
    }
    this.#state.set(variable, value);
  }

  /** The last update of each variable. */
  get updates(): readonly Update[] {
    return [...this.#state].map(([variable, value]) => ({ variable, value }));
  }

  /** Adds a scalar penalty to the loss of the model. */
  addLoss(value: Value): void {
    this.#losses.push(value);
  }

  /** The penalties so far. */
  get losses(): readonly Value[] {
    return this.#losses;
  }

  /** Says which entries of a value count: a bool value, true where they do; null if all do. */
  setMask(value: Value, mask: Value | null): void {
    if (mask === null) this.#masks.delete(value);
    else this.#masks.set(value, mask);
  }

  /** Which entries of a value count; null if nobody said. */
  maskOf(value: Value): Value | null {
    return this.#masks.get(value) ?? null;
  }

  /** Makes this the trace of everything that is computed from an input. */
  adopt(input: Value): void {
    traces.set(input.node, this);
  }
}

/** The trace that a value belongs to: that of the first input found among the values it was computed from. */
export function traceOf(values: readonly Value[]): Trace | null {
  const seen = new Set<Node>();
  const pending = values.map((value) => value.node);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const found = traces.get(node);
    if (found !== undefined) {
      // Leaves such as a variable's state are shared between traces.
      for (const visited of seen) if (visited.inputs.length > 0) traces.set(visited, found);
      return found;
    }
    for (const operand of node.inputs) pending.push(operand.node);
  }
  return null;
}
