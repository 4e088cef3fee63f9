import type { DType } from '../../../core/dtype.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Value, ValueType } from '../../../compiler/ir/value.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import type { Fields } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import type { InputShape } from '../base/input-shape.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { nestedLayers } from '../base/nested-layer.ts';
import { type Cell, callCell, checkCell, inputShapeOf, outputSizeOf, stateDTypesOf, stateShapes } from './cell.ts';
import { GRUCell } from './gru-cell.ts';
import { LSTMCell } from './lstm-cell.ts';
import { SimpleRNNCell } from './simple-rnn-cell.ts';

/** Options of {@link StackedRNNCells}. */
export type StackedRNNCellsOptions = LayerOptions;

/** The options that can be given by position. */
const ORDER = ['cells'] as const;

/**
 * Cells in sequence as one cell: each step's output of a cell is the input of the next.
 *
 * Shapes: `[x, …states of the first cell, …states of the next]` → `[output of the last cell, …new states]`.
 *
 * @throws TypeError if one of the layers is not a cell.
 * @example
 * const cell = new StackedRNNCells([new GRUCell(4), new SimpleRNNCell(3)]);
 * cell.stateSize;                                            // [4, 3]
 * (await new RNN(cell).apply([[[1, 2], [3, 4]]])).shape;     // [1, 3]
 * @see https://keras.io/api/layers/recurrent_layers/stacked_rnn_cell/
 */
export class StackedRNNCells extends Layer implements Cell {
  static override readonly className: string = 'StackedRNNCells';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = { cells: nestedLayers({ SimpleRNNCell, LSTMCell, GRUCell }) };

  /** The cells, in order. */
  declare readonly cells: readonly Cell[];

  constructor(...args: Arguments<StackedRNNCellsOptions & { cells: readonly Layer[] }, typeof ORDER>);
  constructor(cells: readonly Layer[], options?: StackedRNNCellsOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    for (const cell of this.cells) checkCell(this.who, 'cells', cell);
  }

  /** The size of each state of each cell. */
  get stateSize(): readonly (number | readonly number[])[] {
    return this.cells.flatMap((cell) =>
      stateShapes(cell).map((shape) => (shape.length === 1 ? (shape[0] ?? 0) : shape)),
    );
  }

  /** The dtype of each state of each cell. */
  get stateDTypes(): readonly DType[] {
    return this.cells.flatMap(stateDTypesOf);
  }

  get outputDType(): DType {
    const last = this.cells.at(-1);
    return last === undefined ? this.dtype : (last.outputDType ?? last.dtype);
  }

  get outputSize(): number {
    const last = this.cells.at(-1);
    return last === undefined ? 0 : outputSizeOf(last);
  }

  override build(inputShape: InputShape): void {
    let shape: Shape = inputShapeOf(inputShape);
    for (const cell of this.cells) {
      cell.ensureBuilt(shape);
      shape = [shape[0] ?? null, outputSizeOf(cell)];
    }
  }

  beginSequence(input: ValueType, states: readonly ValueType[], training: boolean): void {
    let type = input;
    for (const { cell, own } of this.#parts(states)) {
      cell.beginSequence?.(type, own, training);
      type = { shape: [type.shape[0] ?? null, outputSizeOf(cell)], dtype: type.dtype };
    }
  }

  endSequence(): void {
    for (const cell of this.cells) cell.endSequence?.();
  }

  override call([x, ...states]: readonly [Value, ...Value[]], { trace }: CallContext): readonly Value[] {
    let output = x;
    const next: Value[] = [];
    for (const { cell, own } of this.#parts(states)) {
      const made = callCell(cell, trace, output, own);
      output = made.output;
      next.push(...made.states);
    }
    return [output, ...next];
  }

  /** The states of each cell, in a list where there are several. */
  groupStates(states: readonly Value[]): readonly Tree<Value>[] {
    return this.#parts(states).map(({ own }): Tree<Value> => {
      const [only, ...others] = own;
      return only === undefined || others.length > 0 ? own : only;
    });
  }

  /** Each cell with its part of the states. */
  #parts<T>(states: readonly T[]): readonly { readonly cell: Cell; readonly own: readonly T[] }[] {
    let start = 0;
    return this.cells.map((cell) => {
      const end = start + stateShapes(cell).length;
      const own = states.slice(start, end);
      start = end;
      return { cell, own };
    });
  }
}
