import { input } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { knownSize } from '../../../core/axes.ts';
import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import { pad, type DataFormat, type Padding, conv } from '../../ops/index.ts';
import { type Fields, anyCase } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { type KernelOptions, activationFields, withPenaltyFirst } from '../base/kernel-layer.ts';
import { LowRankLayer } from '../base/low-rank-layer.ts';
import { type LowRankOptions, lowRankFields } from '../base/low-rank.ts';
import { reportErrorsAs } from '../../ops/base/report-errors.ts';
import { dataFormat, padding, perAxis, positive } from '../base/option-fields.ts';
import { type KernelLayout, type LinearForm } from '../base/traits.ts';
import { weightFields } from '../base/weight-fields.ts';
import { addBias } from './add-bias.ts';
import { checkSteps } from './check-steps.ts';

/** Options of the convolutions. */
export interface BaseConvOptions extends KernelOptions, LowRankOptions {
  /** The distance between windows on each spatial axis. @default 1 */
  strides?: number | readonly number[] | undefined;
  /** 'same' pads with zeros until every stride has an output. @default 'valid' */
  padding?: Padding | undefined;
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
  /** The distance between the elements of a window on each spatial axis. @default 1 */
  dilationRate?: number | readonly number[] | undefined;
  /** The number of parts into which the channels are split, each convolved with separate filters. @default 1 */
  groups?: number | undefined;
}

/** The options of a convolution over so many spatial axes, in the order of Keras's config. */
export function convFields(rank: number): Fields {
  return {
    filters: positive(),
    kernelSize: perAxis(rank),
    strides: perAxis(rank, 1),
    // Keras has causal padding for sequences only.
    padding: rank === 1 ? anyCase(['valid', 'same', 'causal'], 'valid') : padding,
    dataFormat: dataFormat(),
    dilationRate: perAxis(rank, 1),
    groups: positive(1),
    ...activationFields,
    ...weightFields({ kernel: 'glorot_uniform', bias: 'zeros' }, { writesPenalty: true }),
    ...lowRankFields,
  };
}

/** The base of the convolutions over one, two and three spatial axes. */
export abstract class BaseConv extends LowRankLayer {
  /** The number of output channels. */
  declare readonly filters: number;
  /** Whether a bias is added. */
  declare readonly useBias: boolean;
  /** The size of the window on each spatial axis. */
  declare readonly kernelSize: readonly number[];
  declare readonly strides: readonly number[];
  declare readonly padding: Padding | 'causal';
  declare readonly dataFormat: DataFormat;
  declare readonly dilationRate: readonly number[];
  declare readonly groups: number;

  constructor(...args: ConstructorParameters<typeof LowRankLayer>) {
    super(...args);
    if (this.filters % this.groups !== 0) {
      throw new ValueError(
        `[${this.who}] filters must be divisible by groups. Received: filters=${this.filters}, groups=${this.groups}.`,
      );
    }
    checkSteps(this);
    this.inputSpec = { ndim: this.rank + 2 };
  }

  /** The number of spatial axes. */
  get rank(): number {
    return this.kernelSize.length;
  }

  get #channelAxis(): number {
    return this.dataFormat === 'channels_last' ? this.rank + 1 : 1;
  }

  /** The kernel is `[…, channels / groups, filters]`: the filters of a group see the channels of that group. */
  get #kernelLayout(): KernelLayout {
    const share = this.filters / this.groups;
    return { input: (a, b, [size]) => Math.floor(b / share) * size + a, output: (_, b) => b };
  }

  override get linearForm(): LinearForm | null {
    const { activation } = this;
    if (this.loraEnabled) return null;
    return {
      kernels: [this.#kernelLayout],
      activation,
      channelsLast: this.dataFormat === 'channels_last',
      pads: this.padding !== 'valid',
    };
  }

  override build(inputShape: Shape): void {
    const channels = knownSize(inputShape, this.#channelAxis, this.who);
    if (channels % this.groups !== 0) {
      throw new ValueError(
        `[${this.who}] the input's channels must be divisible by groups=${this.groups}. Received: ${channels} channels, inputShape=${showShape(inputShape)}.`,
      );
    }
    this.computeOutputShape(inputShape);
    this.addKernel([...this.kernelSize, channels / this.groups, this.filters], this.useBias ? [this.filters] : null);
    this.enableGivenLora();
    this.inputSpec = { ndim: this.rank + 2, axes: { [this.dataFormat === 'channels_last' ? -1 : 1]: channels } };
  }

  override call(inputs: Value, context: CallContext): Value {
    const product = this.#convolve(inputs, this.readKernel(context));
    return this.activation(addBias(product, this.bias === null ? null : context.read(this.bias), this.dataFormat));
  }

  #convolve(x: Value, kernel: Value): Value {
    const { strides, padding: mode, dataFormat: format, dilationRate } = this;
    if (mode !== 'causal') return conv(x, kernel, { strides, padding: mode, dataFormat: format, dilationRate });
    // Zeros before the first element only: no output depends on a later input.
    const width = x.shape.map((_, axis): [number, number] => {
      const i = axis - (format === 'channels_last' ? 1 : 2);
      return [((this.kernelSize[i] ?? 1) - 1) * (dilationRate[i] ?? 1), 0];
    });
    return conv(pad(x, width), kernel, { strides, dataFormat: format, dilationRate });
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const shape = this.checkedShape(inputShape);
    const perGroup = Math.floor((shape[this.#channelAxis] ?? this.groups) / this.groups);
    const x = input('x', shape, this.dtype);
    const kernel = input('kernel', [...this.kernelSize, perGroup, this.filters], this.dtype);
    return reportErrorsAs(this.who, () => this.#convolve(x, kernel)).shape;
  }

  override getConfig(): Config {
    return withPenaltyFirst(super.getConfig());
  }
}
