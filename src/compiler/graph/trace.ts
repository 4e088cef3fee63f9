import { ValueError } from '../../core/errors.ts';
import { compatible, showShape } from '../../core/shape.ts';
import type { Dependencies, Revisioned } from './dependencies.ts';
import type { Update } from './graph.ts';
import { initialState, input } from './leaves.ts';
import type { Node, Value } from '../ir/value.ts';
import type { Variable } from '../ir/variable.ts';

/** The changes that a part of a program makes in a trace. */
export interface Changes {
  readonly trace: Trace;
  readonly updates: readonly Update[];
  readonly losses: readonly Value[];
}

/** The rows of a step of several processes, as float64 scalars. */
export interface RowShare {
  /** The rows of this process, divided by those of all. */
  readonly part: Value;
  /** The rows of all, divided by those of this process; 0 if it has none. */
  readonly inverse: Value;
  /** 1, or 0 if this process has no rows: the one in its batch does not count. */
  readonly present: Value;
  /** The number of rows of all processes. */
  readonly rows: Value;
}

/** The state of traces before their first change in a branch. */
type Journal = Map<Trace, { readonly state: ReadonlyMap<Variable, Value>; readonly losses: readonly Value[] }>;

/** The journals of the branches that are traced, the innermost last. */
const journals: Journal[] = [];

/** The trace of each input, and of the nodes already looked up. A side table because nodes are below traces. */
const traces = new WeakMap<Node, Trace>();

/**
 * The state of a program under construction: new variable state, losses and masks.
 * Layers reach it through their call context; a value finds its trace through the inputs from which it was computed.
 *
 * @example
 * class Counter extends Layer {
 *   built = true;
 *   count = this.addWeight({ name: 'count', shape: [], initializer: 'zeros', trainable: false });
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
  /** Whether the current layer call is a training call; null outside of a call. Inner calls inherit it. */
  training: boolean | null = null;
  #state = new Map<Variable, Value>();
  readonly #dependencies = new Set<Revisioned>();
  readonly #everywhere = new Set<Variable>();
  #losses: Value[] = [];
  readonly #masks = new WeakMap<Value, Value>();
  readonly #entry = new Map<Variable, Value>();
  /** The trace in which this one is nested; null for that of a program. */
  readonly outer: Trace | null;
  /** The number of branches in which it was made: their ends do not undo its changes. */
  readonly #depth = journals.length;

  constructor(outer: Trace | null = null) {
    this.outer = outer;
    this.training = outer?.training ?? null;
  }

  #share: RowShare | null = null;

  /** Nothing: tracking does not search graphs. */
  get trackedState(): readonly never[] {
    return [];
  }

  /** The state of a variable at this point: its last update, or its state when the program, or the step, starts. */
  read(variable: Variable): Value {
    return this.#state.get(variable) ?? (this.outer === null ? initialState(variable) : this.#readOnEntry(variable));
  }

  /** The state of a variable at the start of a step: an input of the step. */
  #readOnEntry(variable: Variable): Value {
    const found = this.#entry.get(variable);
    if (found !== undefined) return found;
    const made = input(variable.path, variable.shape, variable.dtype);
    this.adopt(made);
    this.#entry.set(variable, made);
    return made;
  }

  /** The variables that a nested trace has read before it updated them, with their states at the start of a step. */
  get entry(): ReadonlyMap<Variable, Value> {
    return this.#entry;
  }

  /**
   * Sets the value of a variable for the rest of the trace.
   * @throws ValueError if the shape or dtype is not that of the variable.
   */
  update(variable: Variable, value: Value): void {
    if (!compatible(value.shape, variable.shape) || value.dtype !== variable.dtype) {
      throw new ValueError(
        `[update] the new state of ${variable.path} must be ${variable.dtype}${showShape(variable.shape)}. Received: ${value.dtype}${showShape(value.shape)}.`,
      );
    }
    this.#record();
    this.#state.set(variable, value);
  }

  /** Sets the value of a variable, which is the same in all processes of the world. @throws ValueError as `update` does */
  updateEverywhere(variable: Variable, value: Value): void {
    this.update(variable, value);
    this.#everywhere.add(variable);
  }

  /** Whether the last value of a variable is the same in all processes. */
  isEverywhere(variable: Variable): boolean {
    return this.#everywhere.has(variable);
  }

  /** A trace of a part that runs repeatedly, such as a step of a scan: it has its own updates, losses and masks. */
  nested(): Trace {
    return new Trace(this);
  }

  /** The rows of a step of several processes; null if there is one process, or it is no step of training or evaluation. */
  get share(): RowShare | null {
    return this.#share ?? this.outer?.share ?? null;
  }

  set share(share: RowShare | null) {
    this.#share = share;
  }

  /** The last update of each variable. */
  get updates(): readonly Update[] {
    return [...this.#state].map(([variable, value]) => ({ variable, value }));
  }

  /** Records that the trace reads the settings of an object. */
  dependOn(object: Revisioned): void {
    this.#dependencies.add(object);
    this.outer?.dependOn(object);
  }

  /** The objects that the trace has read, with their current revisions. */
  get dependencies(): Dependencies {
    return new Map([...this.#dependencies].map((object) => [object, object.revision]));
  }

  /** Adds a scalar to the loss of the model. */
  addLoss(value: Value): void {
    this.#record();
    this.#losses.push(value);
  }

  /** The losses added so far. */
  get losses(): readonly Value[] {
    return this.#losses;
  }

  /**
   * Traces a branch, which may not run: what it changes in traces made before is undone and returned, for the caller to apply.
   */
  static branch<T>(run: () => T): { readonly result: T; readonly changes: readonly Changes[] } {
    const journal: Journal = new Map();
    journals.push(journal);
    const undo = (): readonly Changes[] => {
      journals.pop();
      return [...journal].map(([trace, { state, losses }]) => {
        const updates = trace.updates.filter(({ variable, value }) => state.get(variable) !== value);
        const added = trace.#losses.slice(losses.length);
        trace.#state = new Map(state);
        trace.#losses = [...losses];
        return { trace, updates, losses: added };
      });
    };
    try {
      const result = run();
      return { result, changes: undo() };
    } catch (error) {
      undo();
      throw error;
    }
  }

  #record(): void {
    const journal = journals.at(-1);
    if (journal === undefined || this.#depth >= journals.length || journal.has(this)) return;
    journal.set(this, { state: new Map(this.#state), losses: [...this.#losses] });
  }

  /** Sets the mask of a value, a bool value that is true for the entries that count; null if all count. */
  setMask(value: Value, mask: Value | null): void {
    if (mask === null) this.#masks.delete(value);
    else this.#masks.set(value, mask);
  }

  /** The mask of a value; null if all entries count. */
  maskOf(value: Value): Value | null {
    return this.#masks.get(value) ?? this.outer?.maskOf(value) ?? null;
  }

  /** Makes this the trace of all values computed from an input. */
  adopt(input: Value): void {
    traces.set(input.node, this);
  }
}

/** The trace of the first input found among the values from which these were computed; null if there is none. */
export function traceOf(values: readonly Value[]): Trace | null {
  const seen = new Set<Node>();
  const pending = values.map((value) => value.node);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const found = traces.get(node);
    if (found !== undefined) {
      // Leaves, such as the state of a variable, are shared between traces.
      for (const visited of seen) if (visited.inputs.length > 0) traces.set(visited, found);
      return found;
    }
    for (const operand of node.inputs) pending.push(operand.node);
  }
  return null;
}
