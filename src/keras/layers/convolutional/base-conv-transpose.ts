import { input } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { knownSize } from '../../../core/axes.ts';
import type { Config } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import { type ConvTransposeOptions, convTranspose, type DataFormat, type Padding } from '../../ops/index.ts';
import { type Fields, field } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { KernelLayer, type KernelOptions, activationFields, withPenaltyFirst } from '../base/kernel-layer.ts';
import { reportErrorsAs } from '../../ops/base/report-errors.ts';
import { dataFormat, padding, perAxis, positive } from '../base/option-fields.ts';
import { type LinearForm, outputsFirst } from '../base/traits.ts';
import { weightFields } from '../base/weight-fields.ts';
import { addBias } from './add-bias.ts';
import { checkSteps } from './check-steps.ts';

/** Options of the transposed convolutions. */
export interface BaseConvTransposeOptions extends KernelOptions {
  /** The distance between the copies of the kernel on each spatial axis. @default 1 */
  strides?: number | readonly number[] | undefined;
  /** 'same' cuts the edges off, so that the output is `strides` times as large as the input. @default 'valid' */
  padding?: Padding | undefined;
  /** The number of elements added at the end of each axis, less than strides. @default null, derived from the padding */
  outputPadding?: number | readonly number[] | null | undefined;
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
  /** The distance between the elements of the kernel on each spatial axis. @default 1 */
  dilationRate?: number | readonly number[] | undefined;
}

/** The options of a transposed convolution over so many spatial axes, in the order of Keras's config. */
export function convTransposeFields(rank: number): Fields {
  return {
    filters: positive(),
    kernelSize: perAxis(rank),
    strides: perAxis(rank, 1),
    padding,
    // Checked against the strides by the constructor.
    outputPadding: field({ byDefault: null, read: (_who, _option, given) => given }),
    dataFormat: dataFormat(),
    dilationRate: perAxis(rank, 1),
    ...activationFields,
    ...weightFields({ kernel: 'glorot_uniform', bias: 'zeros' }, { writesPenalty: true }),
  };
}

/** The base of the transposed convolutions over one, two and three spatial axes. */
export abstract class BaseConvTranspose extends KernelLayer {
  /** The number of output channels. */
  declare readonly filters: number;
  /** Whether a bias is added. */
  declare readonly useBias: boolean;
  /** The size of the window on each spatial axis. */
  declare readonly kernelSize: readonly number[];
  declare readonly strides: readonly number[];
  declare readonly padding: Padding;
  declare readonly outputPadding: readonly number[] | null;
  declare readonly dataFormat: DataFormat;
  declare readonly dilationRate: readonly number[];

  constructor(...args: ConstructorParameters<typeof KernelLayer>) {
    super(...args);
    this.outputPadding = checkOutputPadding(this.who, this.outputPadding, this.strides);
    checkSteps(this);
    this.inputSpec = { ndim: this.rank + 2 };
  }

  /** The number of spatial axes. */
  get rank(): number {
    return this.kernelSize.length;
  }

  override get linearForm(): LinearForm {
    const { activation } = this;
    return { kernels: [outputsFirst], activation, channelsLast: this.dataFormat === 'channels_last', pads: true };
  }

  override build(inputShape: Shape): void {
    const isLast = this.dataFormat === 'channels_last';
    const channels = knownSize(inputShape, isLast ? this.rank + 1 : 1, this.who);
    this.addKernel([...this.kernelSize, this.filters, channels], this.useBias ? [this.filters] : null);
    this.inputSpec = { ndim: this.rank + 2, axes: { [isLast ? -1 : 1]: channels } };
  }

  get #window(): ConvTransposeOptions {
    const { strides, padding: mode, outputPadding, dataFormat: format, dilationRate } = this;
    return { strides, padding: mode, outputPadding, dataFormat: format, dilationRate };
  }

  override call(inputs: Value, context: CallContext): Value {
    const product = convTranspose(inputs, context.read(this.kernel), this.#window);
    return this.activation(addBias(product, this.bias === null ? null : context.read(this.bias), this.dataFormat));
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const shape = this.checkedShape(inputShape);
    const channels = shape[this.dataFormat === 'channels_last' ? this.rank + 1 : 1] ?? null;
    const x = input('x', shape, this.dtype);
    const kernel = input('kernel', [...this.kernelSize, this.filters, channels], this.dtype);
    return reportErrorsAs(this.who, () => convTranspose(x, kernel, this.#window)).shape;
  }

  override getConfig(): Config {
    return withPenaltyFirst(super.getConfig());
  }
}

function checkOutputPadding(who: string, value: unknown, strides: readonly number[]): readonly number[] | null {
  if (value === null) return null;
  const list: readonly unknown[] = Array.isArray(value) ? value : strides.map(() => value);
  const fits = (entry: unknown, i: number): entry is number =>
    typeof entry === 'number' && Number.isInteger(entry) && entry >= 0 && entry < (strides[i] ?? 1);
  if (list.length === strides.length && list.every(fits)) return [...list];
  throw new ValueError(
    `[${who}] outputPadding must be an integer ≥ 0 and < strides, or one for each of the ${strides.length} spatial axes. Received: outputPadding=${show(value)}, strides=${showShape(strides)}.`,
  );
}
