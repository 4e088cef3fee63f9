import { input } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { knownSize } from '../../../core/axes.ts';
import type { Config } from '../../../core/config.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Activation, ActivationIdentifier } from '../../activations/index.ts';
import type { Constraint, ConstraintIdentifier } from '../../constraints/index.ts';
import type { Initializer, InitializerIdentifier } from '../../initializers/index.ts';
import { depthwiseConv, type ConvOptions, type DataFormat, type Padding } from '../../ops/index.ts';
import type { Regularizer, RegularizerIdentifier } from '../../regularizers/index.ts';
import type { Fields } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { activationFields, withPenaltyFirst } from '../base/kernel-layer.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { reportErrorsAs } from '../../ops/base/report-errors.ts';
import { dataFormat, padding, perAxis } from '../base/option-fields.ts';
import { weightParts } from '../base/weight-fields.ts';
import { addBias } from './add-bias.ts';

/** Options of the convolutions with separate filters for each channel. */
export interface ChannelwiseOptions extends LayerOptions {
  /** The number of filters of each channel. @default 1 */
  depthMultiplier?: number | undefined;
  /** The distance between windows on each spatial axis. @default 1 */
  strides?: number | readonly number[] | undefined;
  /** 'same' pads with zeros until every stride has an output. @default 'valid' */
  padding?: Padding | undefined;
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
  /** The distance between the elements of a window on each spatial axis. @default 1 */
  dilationRate?: number | readonly number[] | undefined;
  /** The activation of the output. @default null, which is 'linear' */
  activation?: ActivationIdentifier | null | undefined;
  /** Whether a bias is added. @default true */
  useBias?: boolean | undefined;
  /** The initializer of the channels' filters. @default 'glorot_uniform' */
  depthwiseInitializer?: InitializerIdentifier | null | undefined;
  /** The initializer of the bias. @default 'zeros' */
  biasInitializer?: InitializerIdentifier | null | undefined;
  /** A penalty on the channels' filters. @default null */
  depthwiseRegularizer?: RegularizerIdentifier | null | undefined;
  /** A penalty on the bias. @default null */
  biasRegularizer?: RegularizerIdentifier | null | undefined;
  /** A constraint on the channels' filters after each update. @default null */
  depthwiseConstraint?: ConstraintIdentifier | null | undefined;
  /** A constraint on the bias after each update. @default null */
  biasConstraint?: ConstraintIdentifier | null | undefined;
}

/** The options about the window and the output, in the order of Keras's configs. */
export function windowFields(rank: number): Fields {
  return {
    kernelSize: perAxis(rank),
    strides: perAxis(rank, 1),
    padding,
    dataFormat: dataFormat(),
    dilationRate: perAxis(rank, 1),
    ...activationFields,
  };
}

/** The base of depthwise and separable convolutions. */
export abstract class ChannelwiseLayer extends Layer {
  /** The number of filters of each channel. */
  declare readonly depthMultiplier: number;
  /** The size of the window on each spatial axis. */
  declare readonly kernelSize: readonly number[];
  declare readonly strides: readonly number[];
  declare readonly padding: Padding;
  declare readonly dataFormat: DataFormat;
  declare readonly dilationRate: readonly number[];
  /** The activation of the output. */
  declare readonly activation: Activation;
  /** Whether a bias is added. */
  declare readonly useBias: boolean;
  declare readonly depthwiseInitializer: Initializer;
  declare readonly depthwiseRegularizer: Regularizer | null;
  declare readonly depthwiseConstraint: Constraint | null;
  declare readonly biasInitializer: Initializer;
  declare readonly biasRegularizer: Regularizer | null;
  declare readonly biasConstraint: Constraint | null;
  #bias: Variable | null = null;

  constructor(...args: ConstructorParameters<typeof Layer>) {
    super(...args);
    this.inputSpec = { ndim: this.rank + 2 };
  }

  /** The number of spatial axes. */
  get rank(): number {
    return this.kernelSize.length;
  }

  /** The bias; null before the layer is built, and without `useBias`. */
  get bias(): Variable | null {
    return this.#bias;
  }

  protected get channelAxis(): number {
    return this.dataFormat === 'channels_last' ? this.rank + 1 : 1;
  }

  /** The options of the convolution. */
  protected get window(): ConvOptions {
    const { strides, padding: mode, dataFormat: format, dilationRate } = this;
    return { strides, padding: mode, dataFormat: format, dilationRate };
  }

  /** Returns the number of input channels, and requires it of every input from now on. */
  protected fixChannels(inputShape: Shape): number {
    const channels = knownSize(inputShape, this.channelAxis, this.who);
    this.computeOutputShape(inputShape);
    this.inputSpec = { ndim: this.rank + 2, axes: { [this.channelAxis === 1 ? 1 : -1]: channels } };
    return channels;
  }

  /** Makes the bias, unless the options omit it. */
  protected addBiasWeight(outputs: number): void {
    if (this.useBias) this.#bias = this.addWeight({ name: 'bias', shape: [outputs], ...weightParts(this, 'bias') });
  }

  /** Adds the bias, and applies the activation. */
  protected finish(product: Value, context: CallContext): Value {
    return this.activation(addBias(product, this.#bias === null ? null : context.read(this.#bias), this.dataFormat));
  }

  /** The shape of an output with this number of channels. */
  protected shapeWith(inputShape: Shape, outputs: number | null): Shape {
    const shape = this.checkedShape(inputShape);
    // The sizes of the other axes do not depend on the number of channels.
    const x = input('x', shape.with(this.channelAxis, 1), this.dtype);
    const kernel = input('kernel', [...this.kernelSize, 1, 1], this.dtype);
    return reportErrorsAs(this.who, () => depthwiseConv(x, kernel, this.window)).shape.with(this.channelAxis, outputs);
  }

  override getConfig(): Config {
    return withPenaltyFirst(super.getConfig());
  }
}
