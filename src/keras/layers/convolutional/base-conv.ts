import { knownSize } from '../../../core/axes.ts';
import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import { checkChoice } from '../../../core/checks.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import { input } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { pad } from '../../ops/movement.ts';
import { type DataFormat, type Padding, conv } from '../../ops/windows.ts';
import { serialize as serializeRegularizer } from '../../regularizers/index.ts';
import { checkDataFormat, checkPerAxis, checkPositive, json } from '../base/arguments.ts';
import type { CallContext } from '../base/call-context.ts';
import { KernelLayer } from '../base/kernel-layer.ts';
import { type KernelOptions, kernelConfig } from '../base/kernel-options.ts';
import { reportErrorsAs } from '../../ops/base/report-errors.ts';
import { addBias } from './add-bias.ts';

/** Options of the convolutions. */
export interface BaseConvOptions extends KernelOptions {
  /** How far the window moves on each spatial axis. @default 1 */
  strides?: number | readonly number[] | undefined;
  /** 'same' pads with zeros until every stride has an output. @default 'valid' */
  padding?: Padding | undefined;
  /** Where the channels are. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
  /** How far apart the elements under the window are. @default 1 */
  dilationRate?: number | readonly number[] | undefined;
  /** Into how many parts the channels are cut, each convolved with filters of its own. @default 1 */
  groups?: number | undefined;
}

/** What is given to the convolutions, that over one axis included. */
export interface AnyConvOptions extends Omit<BaseConvOptions, 'padding'> {
  readonly padding?: Padding | 'causal' | undefined;
}

const OPTIONS = ['strides', 'padding', 'dataFormat', 'dilationRate', 'groups'];

/** What the convolutions over one, two and three spatial axes share. */
export abstract class BaseConv extends KernelLayer {
  /** How many spatial axes there are. */
  readonly rank: number;
  /** The number of output channels. */
  readonly filters: number;
  /** The size of the window on each spatial axis. */
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: Padding | 'causal';
  readonly dataFormat: DataFormat;
  readonly dilationRate: readonly number[];
  readonly groups: number;

  constructor(rank: number, filters: number, kernelSize: number | readonly number[], options: AnyConvOptions = {}) {
    super(options, OPTIONS);
    const { who } = this;
    this.rank = rank;
    this.filters = checkPositive(who, 'filters', filters);
    this.kernelSize = checkPerAxis(who, 'kernelSize', kernelSize, rank);
    this.strides = checkPerAxis(who, 'strides', options.strides ?? 1, rank);
    const paddings = rank === 1 ? (['valid', 'same', 'causal'] as const) : (['valid', 'same'] as const);
    this.padding = checkChoice<Padding | 'causal'>(who, 'padding', options.padding ?? 'valid', paddings);
    this.dataFormat = checkDataFormat(who, options.dataFormat);
    this.dilationRate = checkPerAxis(who, 'dilationRate', options.dilationRate ?? 1, rank);
    this.groups = checkPositive(who, 'groups', options.groups ?? 1);
    if (this.filters % this.groups !== 0) {
      throw new ValueError(
        `[${who}] filters must be divisible by groups. Received: filters=${this.filters}, groups=${this.groups}.`,
      );
    }
    if (Math.max(...this.strides) > 1 && Math.max(...this.dilationRate) > 1) {
      throw new ValueError(
        `[${who}] strides and dilationRate must not both be greater than 1. Received: strides=${showShape(this.strides)}, dilationRate=${showShape(this.dilationRate)}.`,
      );
    }
    this.inputSpec = { rank: rank + 2 };
  }

  get #channelAxis(): number {
    return this.dataFormat === 'channels_last' ? this.rank + 1 : 1;
  }

  override build(inputShape: Shape): void {
    const channels = knownSize(inputShape, this.#channelAxis, this.who);
    if (channels % this.groups !== 0) {
      throw new ValueError(
        `[${this.who}] the input's channels must be divisible by groups=${this.groups}. Received: ${channels} channels, inputShape=${showShape(inputShape)}.`,
      );
    }
    this.computeOutputShape(inputShape);
    this.addKernel([...this.kernelSize, channels / this.groups, this.filters], this.filters);
    this.inputSpec = { rank: this.rank + 2, axes: { [this.dataFormat === 'channels_last' ? -1 : 1]: channels } };
  }

  override call(inputs: Value, context: CallContext): Value {
    const product = this.#convolve(inputs, context.read(this.kernel));
    return this.activation(addBias(product, this.bias === null ? null : context.read(this.bias), this.dataFormat));
  }

  #convolve(x: Value, kernel: Value): Value {
    const { strides, padding, dataFormat, dilationRate } = this;
    if (padding !== 'causal') return conv(x, kernel, { strides, padding, dataFormat, dilationRate });
    // Zeros before the first element alone, so that no output sees a later input.
    const width = x.shape.map((_, axis): [number, number] => {
      const i = axis - (dataFormat === 'channels_last' ? 1 : 2);
      return [((this.kernelSize[i] ?? 1) - 1) * (dilationRate[i] ?? 1), 0];
    });
    return conv(pad(x, width), kernel, { strides, dataFormat, dilationRate });
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const shape = this.checkedShape(inputShape);
    const perGroup = Math.floor((shape[this.#channelAxis] ?? this.groups) / this.groups);
    const x = input('x', shape, this.dtype);
    const kernel = input('kernel', [...this.kernelSize, perGroup, this.filters], this.dtype);
    return reportErrorsAs(this.who, () => this.#convolve(x, kernel)).shape;
  }

  override getConfig(): Config {
    const { activations, initializers, regularizers, constraints } = kernelConfig(this.settings);
    return {
      ...super.getConfig(),
      filters: this.filters,
      kernel_size: this.kernelSize,
      strides: this.strides,
      padding: this.padding,
      data_format: this.dataFormat,
      dilation_rate: this.dilationRate,
      groups: this.groups,
      ...activations,
      ...initializers,
      ...regularizers,
      activity_regularizer: json(serializeRegularizer(this.activityRegularizer)),
      ...constraints,
    };
  }
}
