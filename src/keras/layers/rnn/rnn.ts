import { ValueError } from '../../../core/errors.ts';
import { type KnownShape, type Shape, isKnown, showShape } from '../../../core/shape.ts';
import type { Tree } from '../../../core/tree.ts';
import { broadcastTo, castTo, reshape, scan, slice, transpose, where } from '../../../compiler/builder/index.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import { type Trace, traceOf } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { flip } from '../../ops/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Field, type Fields, required } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import type { InputShape } from '../base/input-shape.ts';
import { Layer } from '../base/layer.ts';
import { nestedLayer } from '../base/nested-layer.ts';
import type { KerasCall } from '../base/traits.ts';
import {
  type Cell,
  callCell,
  checkCell,
  inputShapeOf,
  outputSizeOf,
  sequenceOf,
  stateDTypesOf,
  stateShapes,
} from './cell.ts';
import { GRUCell } from './gru-cell.ts';
import { LSTMCell } from './lstm-cell.ts';
import { type SequenceOptions, sequenceFields } from './recurrent-options.ts';
import { SequenceState } from './sequence-state.ts';
import { SimpleRNNCell } from './simple-rnn-cell.ts';
import { StackedRNNCells } from './stacked-rnn-cells.ts';

/** Options of {@link RNN}. */
export type RNNOptions = SequenceOptions;

/** The options that can be given by position. */
const ORDER = [
  'cell',
  'returnSequences',
  'returnState',
  'goBackwards',
  'stateful',
  'unroll',
  'zeroOutputForMask',
] as const;

const one = nestedLayer({ SimpleRNNCell, LSTMCell, GRUCell, StackedRNNCells });

/** A cell, or a list of cells, which are stacked. */
const cellField: Field<Layer> = required({
  ...one,
  read: (who, option, given) =>
    Array.isArray(given) ? new StackedRNNCells(given as readonly Layer[]) : one.read(who, option, given),
});

/** The results of the steps of a sequence. */
export interface Sequence {
  /** The outputs of all steps, `[steps, batch, …]`, at the places of their inputs. */
  readonly outputs: Value;
  /** The output of the step that came last. */
  readonly last: Value;
  readonly states: readonly Value[];
}

/**
 * Applies a cell to each step of a sequence, passing its states on.
 *
 * Where the mask is false, the states and the output remain those of the step before; the output is 0 before the first step that
 * counts, or with `zeroOutputForMask`. The initial states are the option `initialState`, or follow
 * the sequence in a list; without them they are zeros.
 *
 * Shapes: `[batch, steps, …]` → `[batch, output]`, with `returnSequences` `[batch, steps, output]`; with `returnState` a list of
 * this and the states. Inputs: the sequence, or `[sequence, …states]`.
 *
 * @throws TypeError if `cell` is not a cell; ValueError if a stateful layer has no batch size, or another one than before.
 * @example
 * class MinimalCell extends Layer {
 *   stateSize = 2;
 *   build(inputShape) { this.kernel = this.addWeight({ name: 'kernel', shape: [inputShape.at(-1), 2], initializer: 'ones' }); }
 *   call([x, h], context) {
 *     const output = ops.add(ops.matmul(x, context.read(this.kernel)), h);
 *     return [output, output];
 *   }
 * }
 * const layer = new RNN(new MinimalCell(), { returnSequences: true });
 * await layer.apply([[[1, 2], [3, 4]]]);    // [[[3, 3], [10, 10]]]
 * @see https://keras.io/api/layers/recurrent_layers/rnn/
 */
export class RNN extends Layer {
  static override readonly className: string = 'RNN';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly kerasCall: KerasCall = { mask: true, training: false, tensors: ['initialState'] };
  static override readonly fields: Fields = { ...sequenceFields, cell: cellField };

  override supportsMasking = true;
  /** The layer that computes one step. */
  declare readonly cell: Cell;
  /** Whether the outputs of all steps are returned. */
  declare readonly returnSequences: boolean;
  /** Whether the last states are returned after the output. */
  declare readonly returnState: boolean;
  /** Whether the last step comes first. */
  declare readonly goBackwards: boolean;
  /** Whether the last states of a batch are the first ones of the next. */
  declare readonly stateful: boolean;
  /** Whether the steps are written one after another, without a loop. */
  declare readonly unroll: boolean;
  /** Whether the output of a masked step is 0. */
  declare zeroOutputForMask: boolean;
  /** The states that a stateful layer keeps; null before it is built, and for other layers. */
  kept: SequenceState | null = null;

  constructor(...args: Arguments<RNNOptions & { cell: Layer | readonly Layer[] }, typeof ORDER>);
  constructor(cell: Layer | readonly Layer[], options?: RNNOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    // A subclass makes its cell from its own options.
    this.cell = this.makeCell(this.cell);
  }

  /** The layer that computes one step. */
  protected makeCell(given: Layer): Cell {
    return checkCell(this.who, 'cell', given);
  }

  /** The number of axes of a sequence; null for any. */
  protected get sequenceRank(): number | null {
    return null;
  }

  /** The shapes of the states, given that of the sequence. */
  protected stateShapesFor([batch = null]: Shape): readonly Shape[] {
    return stateShapes(this.cell).map((shape) => [batch, ...shape]);
  }

  /** The shape of the output of a step. */
  protected outputShapeFor([batch = null]: Shape): Shape {
    return [batch, outputSizeOf(this.cell)];
  }

  /** The states that a stateful layer keeps between batches; null before it is built, and for other layers. */
  get states(): readonly Variable[] | null {
    return this.kept?.trackedState ?? null;
  }

  override build(inputShape: InputShape): void {
    const shape = inputShapeOf(inputShape);
    this.#checkRank(shape);
    const [batch = null, , ...rest] = shape;
    this.cell.ensureBuilt([batch, ...rest]);
    if (!this.stateful) return;
    const shapes = this.stateShapesFor(shape).filter((each): each is KnownShape => isKnown(each));
    if (batch === null || shapes.length === 0) {
      throw new ValueError(
        `[${this.who}] a stateful layer must know the batch size: give it to the Input as batchSize. Received: inputShape=${showShape(shape)}.`,
      );
    }
    this.kept = new SequenceState(this.path, shapes, this.dtype);
  }

  #checkRank(shape: Shape): void {
    const rank = this.sequenceRank;
    if (rank === null ? shape.length >= 3 : shape.length === rank) return;
    throw new ValueError(
      `[${this.who}] expected a sequence of rank ${rank ?? '3 or more'}, [batch, steps, …]. Received: input of shape ${showShape(shape)}.`,
    );
  }

  override call(inputs: Tree<Value>, context: CallContext): Tree<Value> {
    const sequence = this.sequence(inputs, context);
    const { returnSequences, returnState, goBackwards } = this;
    let output = sequence.last;
    if (returnSequences) {
      const { outputs } = sequence;
      // In the order in which the steps were computed, as in Keras.
      output = batchFirst(goBackwards ? flip(outputs, { axis: 0 }) : outputs);
      if (context.mask !== null) context.setMask(output, context.mask);
    }
    if (!returnState) return output;
    return [output, ...(this.cell.groupStates?.(sequence.states) ?? sequence.states)];
  }

  /** Computes all steps, and updates the states that are kept. */
  sequence(inputs: Tree<Value>, context: CallContext): Sequence {
    const [x, ...given] = sequenceOf(inputs, context);
    if (x === undefined) throw new ValueError(`[${this.who}] expected a sequence. Received: no input.`);
    this.#checkRank(x.shape);
    if (this.unroll && (x.shape[1] ?? null) === null) {
      throw new ValueError(
        `[${this.who}] unroll requires a known number of steps: give it to the Input, or leave unroll out. Received: input of shape ${showShape(x.shape)}.`,
      );
    }
    const initial = this.#initialStates(x, given, context);
    const { kept } = this;
    const result = this.#run(x, initial, context);
    if (kept !== null)
      for (const [i, variable] of kept.trackedState.entries()) {
        const last = result.states[i];
        if (last !== undefined) context.update(variable, castTo(last, variable.dtype));
      }
    return result;
  }

  #initialStates(x: Value, given: readonly Value[], context: CallContext): readonly Value[] {
    const shapes = this.stateShapesFor(x.shape);
    const { kept } = this;
    // The states have the dtype of the cell, the outputs that of the layer.
    const dtypes = stateDTypesOf(this.cell);
    const own = (value: Value, i: number): Value => castTo(value, dtypes[i] ?? this.cell.dtype);
    if (kept !== null) {
      const [batch] = kept.trackedState[0]?.shape ?? [];
      if (x.shape[0] !== null && x.shape[0] !== batch) {
        throw new ValueError(
          `[${this.who}] the batch size of a stateful layer must remain ${batch ?? 'the same'}. Received: input of shape ${showShape(x.shape)}.`,
        );
      }
    }
    if (given.length > 0) {
      if (given.length === shapes.length) return given.map(own);
      throw new ValueError(
        `[${this.who}] the initial state must be ${shapes.length} tensors, of shapes ${shapes.map(showShape).join(', ')}. Received: ${given.length} tensors.`,
      );
    }
    if (kept !== null) return kept.trackedState.map((variable, i) => own(context.read(variable), i));
    return shapes.map((shape, i) => broadcastTo(own(constant(0), i), shape));
  }

  #run(x: Value, initial: readonly Value[], context: CallContext): Sequence {
    const { cell, goBackwards: reverse, unroll } = this;
    const { trace, mask } = context;
    const [batch = null, steps = null, ...rest] = x.shape;
    const first = { shape: [batch, ...rest], dtype: x.dtype };
    cell.beginSequence?.(first, initial, context.training);
    try {
      const sequences: [Value, ...Value[]] = [timeFirst(x)];
      if (mask !== null) sequences.push(timeFirst(castTo(mask, 'bool')));
      // The output of the step before, which a masked step repeats.
      const isCarried = mask !== null && !this.zeroOutputForMask;
      const zero = broadcastTo(constant(0, cell.outputDType ?? cell.dtype), this.outputShapeFor(x.shape));
      const count = initial.length;
      const found = { isState: false };
      const all = scan(
        (states, [input, counts]) => {
          const inner: Trace = (input === undefined ? null : traceOf([input])) ?? trace;
          const made = callCell(cell, inner, input ?? x, states.slice(0, count));
          const [state] = made.states;
          found.isState = made.output === state && mask === null;
          if (counts === undefined) return { states: made.states, outputs: [made.output] };
          const before = isCarried ? (states[count] ?? zero) : zero;
          const output = where(alike(counts, made.output), made.output, before);
          const next = made.states.map((each, i) => where(alike(counts, each), each, states[i] ?? each));
          return { states: isCarried ? [...next, output] : next, outputs: [output] };
        },
        isCarried ? [...initial, zero] : initial,
        sequences,
        { reverse, unroll },
      );
      const [outputs = x] = all.outputs;
      const states = all.states.slice(0, count);
      const carried = isCarried ? all.states[count] : found.isState ? states[0] : undefined;
      const last = carried ?? lastOf(outputs, reverse ? 0 : (steps ?? 1) - 1);
      const own = (value: Value): Value => castTo(value, this.dtype);
      return { outputs: own(outputs), states: states.map(own), last: own(last) };
    } finally {
      cell.endSequence?.();
    }
  }

  /** Sets the states that a stateful layer keeps to 0. */
  resetState(): void {
    this.kept?.reset();
  }

  /** As {@link resetState}. */
  resetStates(): void {
    this.resetState();
  }

  /** The mask of the output is set along with it: states have none. */
  override computeMask(): Value | null {
    return null;
  }
}

/** `[batch, steps, …]` as `[steps, batch, …]`, or back. */
const timeFirst = (x: Value): Value => transpose(x, [1, 0, ...x.shape.slice(2).map((_, i) => i + 2)]);
const batchFirst = timeFirst;

/** A mask with axes of size 1 after it, so that it broadcasts against x. */
const alike = (mask: Value, x: Value): Value =>
  reshape(mask, [...mask.shape, ...x.shape.slice(mask.rank).map(() => 1)]);

/** The slice of x at a place of its first axis. */
function lastOf(x: Value, at: number): Value {
  const rest = x.shape.slice(1);
  return reshape(slice(x, [at, ...rest.map(() => 0)], [at + 1, ...rest.map(() => Infinity)]), rest);
}
