import {
  type Activation,
  type ActivationIdentifier,
  get as getActivation,
  serialize as serializeActivation,
} from '../../activations/index.ts';
import type { ConstraintIdentifier } from '../../constraints/index.ts';
import { knownSize } from '../../../core/axes.ts';
import type { Config } from '../../../core/config.ts';
import { checkBoolean, checkChoice } from '../../../core/checks.ts';
import type { Shape } from '../../../core/shape.ts';
import { input } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import type { InitializerIdentifier } from '../../initializers/index.ts';
import { depthwiseConv } from '../../ops/convolutions.ts';
import type { ConvOptions, DataFormat, Padding } from '../../ops/windows.ts';
import type { RegularizerIdentifier } from '../../regularizers/index.ts';
import { checkDataFormat, checkPerAxis, checkPositive, json } from '../base/arguments.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { reportErrorsAs } from '../../ops/base/report-errors.ts';
import { addBias } from './add-bias.ts';
import { type WeightParts, readWeightParts } from './kernel-parts.ts';

/** Options of the convolutions that give each channel filters of its own. */
export interface ChannelwiseOptions extends LayerOptions {
  /** How many filters each channel has. @default 1 */
  depthMultiplier?: number | undefined;
  /** How far the window moves on each spatial axis. @default 1 */
  strides?: number | readonly number[] | undefined;
  /** 'same' pads with zeros until every stride has an output. @default 'valid' */
  padding?: Padding | undefined;
  /** Where the channels are. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
  /** How far apart the elements under the window are. @default 1 */
  dilationRate?: number | readonly number[] | undefined;
  /** What the output goes through. @default null, which is 'linear' */
  activation?: ActivationIdentifier | null | undefined;
  /** Whether a bias is added. @default true */
  useBias?: boolean | undefined;
  /** What gives the filters of the channels their first values. @default 'glorot_uniform' */
  depthwiseInitializer?: InitializerIdentifier | null | undefined;
  /** What gives the bias its first values. @default 'zeros' */
  biasInitializer?: InitializerIdentifier | null | undefined;
  /** A penalty on the filters of the channels. @default null */
  depthwiseRegularizer?: RegularizerIdentifier | null | undefined;
  /** A penalty on the bias. @default null */
  biasRegularizer?: RegularizerIdentifier | null | undefined;
  /** What the filters of the channels must satisfy after each update. @default null */
  depthwiseConstraint?: ConstraintIdentifier | null | undefined;
  /** What the bias must satisfy after each update. @default null */
  biasConstraint?: ConstraintIdentifier | null | undefined;
}

const OPTIONS = [
  'depthMultiplier',
  'strides',
  'padding',
  'dataFormat',
  'dilationRate',
  'activation',
  'useBias',
  'depthwiseInitializer',
  'biasInitializer',
  'depthwiseRegularizer',
  'biasRegularizer',
  'depthwiseConstraint',
  'biasConstraint',
];

/** What depthwise and separable convolutions share. */
export abstract class ChannelwiseLayer extends Layer {
  /** How many spatial axes there are. */
  readonly rank: number;
  /** How many filters each channel has. */
  readonly depthMultiplier: number;
  /** The size of the window on each spatial axis. */
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: Padding;
  readonly dataFormat: DataFormat;
  readonly dilationRate: readonly number[];
  /** What the output goes through. */
  readonly activation: Activation;
  /** Whether a bias is added. */
  readonly useBias: boolean;
  protected readonly depthwiseParts: WeightParts;
  protected readonly biasParts: WeightParts;
  #bias: Variable | null = null;

  constructor(
    rank: number,
    kernelSize: number | readonly number[],
    options: ChannelwiseOptions,
    ownOptions: readonly string[] = [],
  ) {
    super(options, [...OPTIONS, ...ownOptions]);
    const { who } = this;
    this.rank = rank;
    this.depthMultiplier = checkPositive(who, 'depthMultiplier', options.depthMultiplier ?? 1);
    this.kernelSize = checkPerAxis(who, 'kernelSize', kernelSize, rank);
    this.strides = checkPerAxis(who, 'strides', options.strides ?? 1, rank);
    this.padding = checkChoice<Padding>(who, 'padding', options.padding ?? 'valid', ['valid', 'same']);
    this.dataFormat = checkDataFormat(who, options.dataFormat);
    this.dilationRate = checkPerAxis(who, 'dilationRate', options.dilationRate ?? 1, rank);
    this.activation = getActivation(options.activation, who);
    this.useBias = checkBoolean(who, 'useBias', options.useBias ?? true);
    const { depthwiseInitializer, depthwiseRegularizer, depthwiseConstraint } = options;
    const initializer = depthwiseInitializer ?? 'glorot_uniform';
    this.depthwiseParts = readWeightParts(who, initializer, depthwiseRegularizer, depthwiseConstraint);
    const { biasInitializer, biasRegularizer, biasConstraint } = options;
    this.biasParts = readWeightParts(who, biasInitializer ?? 'zeros', biasRegularizer, biasConstraint);
    this.inputSpec = { rank: rank + 2 };
  }

  /** What is added; null before the layer is built, and without `useBias`. */
  get bias(): Variable | null {
    return this.#bias;
  }

  protected get channelAxis(): number {
    return this.dataFormat === 'channels_last' ? this.rank + 1 : 1;
  }

  /** How the window moves. */
  protected get window(): ConvOptions {
    const { strides, padding, dataFormat, dilationRate } = this;
    return { strides, padding, dataFormat, dilationRate };
  }

  /** The number of input channels, which is fixed from here on. */
  protected fixChannels(inputShape: Shape): number {
    const channels = knownSize(inputShape, this.channelAxis, this.who);
    this.computeOutputShape(inputShape);
    this.inputSpec = { rank: this.rank + 2, axes: { [this.channelAxis === 1 ? 1 : -1]: channels } };
    return channels;
  }

  protected addBiasWeight(outputs: number): void {
    if (this.useBias) this.#bias = this.addWeight({ name: 'bias', shape: [outputs], ...this.biasParts });
  }

  /** The bias and the activation. */
  protected finish(product: Value, context: CallContext): Value {
    return this.activation(addBias(product, this.#bias === null ? null : context.read(this.#bias), this.dataFormat));
  }

  /** The shape of the output, if it had this many channels. */
  protected shapeWith(inputShape: Shape, outputs: number | null): Shape {
    const shape = this.checkedShape(inputShape);
    // The channels do not matter for the other axes.
    const x = input('x', shape.with(this.channelAxis, 1), this.dtype);
    const kernel = input('kernel', [...this.kernelSize, 1, 1], this.dtype);
    return reportErrorsAs(this.who, () => depthwiseConv(x, kernel, this.window)).shape.with(this.channelAxis, outputs);
  }

  /** The part of the config on the window, under Keras's keys. */
  protected windowConfig(): Config {
    return {
      kernel_size: this.kernelSize,
      strides: this.strides,
      padding: this.padding,
      data_format: this.dataFormat,
      dilation_rate: this.dilationRate,
      activation: json(serializeActivation(this.activation)),
      use_bias: this.useBias,
    };
  }
}
