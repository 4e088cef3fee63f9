import type { DType } from '../../../core/dtype.ts';
import type { Shape } from '../../../core/shape.ts';
import { show } from '../../../core/errors.ts';
import { type Tree, flatten } from '../../../core/tree.ts';
import { type Value, type ValueType, isValue } from '../../../compiler/ir/value.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import type { CallContext } from '../base/call-context.ts';
import { type InputShape, isShape } from '../base/input-shape.ts';
import { Layer } from '../base/layer.ts';

/** The size of each state of a cell, without the batch: a number for a vector, or a shape. */
export type StateSize = number | readonly (number | readonly number[])[];

/**
 * A layer that computes one step of a sequence. Its `call` receives a list, the input of the step and then the states, and
 * returns a list, the output and then the new states.
 */
export interface Cell extends Layer {
  /** The size of the state, or of each of several. */
  readonly stateSize: StateSize;
  /** The size of the output. @default that of the first state */
  readonly outputSize?: number | null;
  /** The dtype of each state. @default that of the cell */
  readonly stateDTypes?: readonly DType[];
  /** The dtype of the output. @default that of the cell */
  readonly outputDType?: DType;
  /** Called before the steps of a sequence, with the types of what a step receives: masks that all steps share are drawn now. */
  beginSequence?(input: ValueType, states: readonly ValueType[], training: boolean): void;
  /** Called after the steps of a sequence. */
  endSequence?(): void;
  /** The states as a layer returns them. @default one after another */
  groupStates?(states: readonly Value[]): readonly Tree<Value>[];
}

/** Whether something is a cell. */
export const isCell = (value: unknown): value is Cell => value instanceof Layer && 'stateSize' in value;

/** Checks that a layer is a cell. @throws TypeError if it has no `stateSize` */
export function checkCell(who: string, option: string, value: unknown): Cell {
  if (isCell(value)) return value;
  throw new TypeError(
    `[${who}] ${option} must be a layer with stateSize, the size of its state or of each of several, whose call receives [input, ...states] and returns [output, ...states]. Received: ${option}=${show(value)}.`,
  );
}

/** The shape of each state, without the batch. */
export function stateShapes({ stateSize }: Pick<Cell, 'stateSize'>): readonly (readonly number[])[] {
  if (typeof stateSize === 'number') return [[stateSize]];
  return stateSize.map((size) => (typeof size === 'number' ? [size] : size));
}

/** The dtype of each state. */
export function stateDTypesOf(cell: Cell): readonly DType[] {
  return cell.stateDTypes ?? stateShapes(cell).map(() => cell.dtype);
}

/** The number of outputs of a cell of vectors. */
export function outputSizeOf(cell: Cell): number {
  return cell.outputSize ?? stateShapes(cell)[0]?.[0] ?? 0;
}

/** The results of a step. @throws TypeError if the cell does not return the output and each state */
export function callCell(
  cell: Cell,
  trace: Trace,
  input: Value,
  states: readonly Value[],
): { readonly output: Value; readonly states: readonly Value[] } {
  const returned = flatten(cell.applyIn(trace, [input, ...states], trace.training, null), isValue);
  const [output, ...next] = returned;
  if (output !== undefined && next.length === states.length) return { output, states: next };
  throw new TypeError(
    `[${cell.who}] call must return the output and ${states.length} new states, [output, ...states]. Received: ${returned.length} values.`,
  );
}

/** A sequence and its initial states: those of the option `initialState`, or those that follow it in a list. */
export function sequenceOf(inputs: Tree<Value>, { options }: CallContext): readonly Value[] {
  const listed = flatten(inputs, isValue);
  const named = options['initialState'] ?? null;
  return named === null ? listed : [...listed.slice(0, 1), ...flatten(named as Tree<Value>, isValue)];
}

/** The shape of the input of a step, given the shapes of a cell's arguments, of which it is the first. */
export function inputShapeOf(shape: InputShape): Shape {
  return flatten<Shape>(shape, isShape)[0] ?? [];
}
