import type { Shape } from '../../../core/shape.ts';
import type { Activation } from '../../activations/index.ts';
import type { DataFormat, Padding } from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import { ConvLSTMCell, type ConvolutionalGates, convolutionalFields } from './conv-lstm-cell.ts';
import { RecurrentLayer } from './recurrent-layer.ts';
import { type SequenceOptions, sequenceFields } from './recurrent-options.ts';

/** Options of the convolutional LSTM layers. */
export interface ConvLSTMOptions extends ConvolutionalGates, SequenceOptions {}

/** The options that can be given by position. */
export const convLSTMOrder = [
  'filters',
  'kernelSize',
  'strides',
  'padding',
  'dataFormat',
  'dilationRate',
  'activation',
] as const;

/** The options of a layer of some number of spatial axes. */
export const convLSTMFields = (rank: number): Fields => ({ ...sequenceFields, ...convolutionalFields(rank, true) });

interface ConvLSTMCellClass {
  readonly fields: Fields;
  new (options: object): ConvLSTMCell;
}

/** The class of cells of some number of spatial axes. */
function cellClassOf(rank: number): ConvLSTMCellClass {
  return class extends ConvLSTMCell {
    static override readonly className: string = 'ConvLSTMCell';
    static override readonly fields: Fields = convolutionalFields(rank, false);
  };
}

const CELLS: readonly ConvLSTMCellClass[] = [1, 2, 3].map(cellClassOf);

/** The base of convolutional LSTM layers. */
export abstract class ConvLSTM extends RecurrentLayer {
  /** The number of output channels. */
  declare readonly filters: number;
  declare readonly kernelSize: readonly number[];
  declare readonly strides: readonly number[];
  declare readonly padding: Padding;
  declare readonly dataFormat: DataFormat;
  declare readonly dilationRate: readonly number[];
  declare readonly recurrentActivation: Activation;
  /** Whether the bias of the forget gate is initially 1. */
  declare readonly unitForgetBias: boolean;

  protected override get cellClass(): readonly [ConvLSTMCellClass, string] {
    const [smallest] = CELLS;
    const found = CELLS[this.kernelSize.length - 1] ?? smallest;
    if (found === undefined) throw new RangeError('no class of cells');
    return [found, 'conv_lstm_cell'];
  }

  protected override get sequenceRank(): number {
    return this.kernelSize.length + 3;
  }

  get #stepShape(): Shape {
    return this.cell instanceof ConvLSTMCell ? this.cell.stateShape : [];
  }

  protected override stateShapesFor([batch = null]: Shape): readonly Shape[] {
    return [0, 1].map(() => [batch, ...this.#stepShape]);
  }

  protected override outputShapeFor([batch = null]: Shape): Shape {
    return [batch, ...this.#stepShape];
  }
}
