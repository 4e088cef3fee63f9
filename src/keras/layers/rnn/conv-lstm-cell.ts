import { input as placeholder } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { ValueError } from '../../../core/errors.ts';
import { canonicalAxis, knownSize } from '../../../core/axes.ts';
import { type Shape, isKnown, showShape } from '../../../core/shape.ts';
import { type DataFormat, type Padding, add, concatenate, conv, split } from '../../ops/index.ts';
import type { Activation } from '../../activations/index.ts';
import type { Fields } from '../../saving/fields.ts';
import { boolean } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import type { InputShape } from '../base/input-shape.ts';
import { dataFormat, padding, perAxis, positive } from '../base/option-fields.ts';
import { addBias } from '../convolutional/add-bias.ts';
import { checkSteps } from '../convolutional/check-steps.ts';
import { inputShapeOf } from './cell.ts';
import { remember } from './lstm-cell.ts';
import { RecurrentCell, UnitForgetBias } from './recurrent-cell.ts';
import { type GatedOptions, recurrentFields } from './recurrent-options.ts';
import { dropped } from './sequence-dropout.ts';

/** Options of convolutional cells, and of their layers. */
export interface ConvolutionalGates extends GatedOptions {
  /** The step of the window on each axis. @default 1 */
  strides?: number | readonly number[] | undefined;
  /** Whether zeros are added around the input. @default 'valid' */
  padding?: 'valid' | 'same' | undefined;
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
  /** The distance of neighbors in the window on each axis. @default 1 */
  dilationRate?: number | readonly number[] | undefined;
  /** Whether the bias of the forget gate is initially 1. @default true */
  unitForgetBias?: boolean | undefined;
}

/** The options of convolutional cells, and of their layers, in the order of Keras's configs. */
export function convolutionalFields(rank: number, isLayer: boolean): Fields {
  return recurrentFields({
    isGated: true,
    isLayer,
    size: {
      filters: positive(),
      kernelSize: perAxis(rank),
      strides: perAxis(rank, 1),
      padding,
      dataFormat: dataFormat(),
      dilationRate: perAxis(rank, 1),
    },
    between: { unitForgetBias: boolean(true) },
  });
}

/** One step of a convolutional LSTM: the products of the input and of the state are convolutions. */
export abstract class ConvLSTMCell extends RecurrentCell {
  static override readonly className: string = 'ConvLSTMCell';

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
  #stateShape: Shape = [];

  constructor(...args: ConstructorParameters<typeof RecurrentCell>) {
    super(...args);
    checkSteps(this);
  }

  /** Two states of the shape of the output, which is known after `build`. */
  override get stateSize(): readonly number[] {
    return [this.filters, this.filters];
  }

  /** The shape of each state, without the batch; empty before `build`. */
  get stateShape(): Shape {
    return this.#stateShape;
  }

  protected override get maskCount(): number {
    return 4;
  }

  get #channelAxis(): number {
    return this.dataFormat === 'channels_last' ? -1 : 1;
  }

  override build(inputShape: InputShape): void {
    const shape = inputShapeOf(inputShape);
    const channels = knownSize(shape, canonicalAxis(this.#channelAxis, shape.length, this.who), this.who);
    if (!isKnown(shape.slice(1))) {
      throw new ValueError(
        `[${this.who}] the sizes of the spatial axes must be known. Received: inputShape=${showShape(shape)}.`,
      );
    }
    const { kernelSize, filters, biasInitializer } = this;
    const width = 4 * filters;
    this.#stateShape = this.#stepShape(shape).slice(1);
    this.addWeights(
      [...kernelSize, channels, width],
      [...kernelSize, filters, width],
      [width],
      this.unitForgetBias ? new UnitForgetBias(biasInitializer) : biasInitializer,
    );
  }

  /** The shape of the output of a step. */
  #stepShape(shape: Shape): Shape {
    const { kernelSize, filters, dtype } = this;
    const channels = knownSize(shape, canonicalAxis(this.#channelAxis, shape.length, this.who), this.who);
    const kernel = placeholder('kernel', [...kernelSize, channels, filters], dtype);
    return this.#convolve(placeholder('x', shape, dtype), kernel).shape;
  }

  #convolve(x: Value, kernel: Value): Value {
    const { strides, padding: mode, dataFormat: format, dilationRate } = this;
    return conv(x, kernel, { strides, padding: mode, dataFormat: format, dilationRate });
  }

  override call([x, h, c]: readonly [Value, Value, Value], context: CallContext): readonly Value[] {
    const { kernel, recurrentKernel, bias } = this.weightsIn(context);
    const { dataFormat: format } = this;
    const masks = this.masksIn(context, x, h);
    const ofInput = (input: Value, part: Value): Value => this.#convolve(input, part);
    const ofState = (state: Value, part: Value): Value => conv(state, part, { padding: 'same', dataFormat: format });
    const products = (value: Value, whole: Value, dropout: readonly Value[], run: typeof ofInput): Value => {
      if (dropout.length === 0) return run(value, whole);
      // Each gate has a mask of its own.
      const [first, ...rest] = split(whole, 4, { axis: -1 }).map((part, i) => run(dropped(value, dropout[i]), part));
      return first === undefined ? value : concatenate([first, ...rest], { axis: this.#channelAxis });
    };
    const input = addBias(products(x, kernel, masks.input, ofInput), bias, format);
    const gates = split(add(input, products(h, recurrentKernel, masks.recurrent, ofState)), 4, {
      axis: this.#channelAxis,
    });
    const [output, carry] = remember(gates, c, this);
    return [output, output, carry];
  }
}
