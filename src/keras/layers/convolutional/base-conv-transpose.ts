import { knownSize } from '../../../core/axes.ts';
import type { Config } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { checkChoice } from '../../../core/checks.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import { input } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { type ConvTransposeOptions, convTranspose } from '../../ops/convolutions.ts';
import type { DataFormat, Padding } from '../../ops/windows.ts';
import { serialize as serializeRegularizer } from '../../regularizers/index.ts';
import { checkDataFormat, checkPerAxis, checkPositive, json } from '../base/arguments.ts';
import type { CallContext } from '../base/call-context.ts';
import { KernelLayer } from '../base/kernel-layer.ts';
import { type KernelOptions, kernelConfig } from '../base/kernel-options.ts';
import { reportErrorsAs } from '../../ops/base/report-errors.ts';
import { addBias } from './add-bias.ts';

/** Options of the transposed convolutions. */
export interface BaseConvTransposeOptions extends KernelOptions {
  /** How far apart the copies of the kernel are on each spatial axis. @default 1 */
  strides?: number | readonly number[] | undefined;
  /** 'same' cuts the edges off, so that the output is strides times as large as the input. @default 'valid' */
  padding?: Padding | undefined;
  /** How many elements more the output has at the end of each axis; fewer than strides. @default null, worked out from padding */
  outputPadding?: number | readonly number[] | null | undefined;
  /** Where the channels are. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
  /** How far apart the elements of the kernel are. @default 1 */
  dilationRate?: number | readonly number[] | undefined;
}

const OPTIONS = ['strides', 'padding', 'outputPadding', 'dataFormat', 'dilationRate'];

/** What the transposed convolutions over one, two and three spatial axes share. */
export abstract class BaseConvTranspose extends KernelLayer {
  /** How many spatial axes there are. */
  readonly rank: number;
  /** The number of output channels. */
  readonly filters: number;
  /** The size of the window on each spatial axis. */
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: Padding;
  readonly outputPadding: readonly number[] | null;
  readonly dataFormat: DataFormat;
  readonly dilationRate: readonly number[];

  constructor(
    rank: number,
    filters: number,
    kernelSize: number | readonly number[],
    options: BaseConvTransposeOptions = {},
  ) {
    super(options, OPTIONS);
    const { who } = this;
    this.rank = rank;
    this.filters = checkPositive(who, 'filters', filters);
    this.kernelSize = checkPerAxis(who, 'kernelSize', kernelSize, rank);
    this.strides = checkPerAxis(who, 'strides', options.strides ?? 1, rank);
    this.padding = checkChoice<Padding>(who, 'padding', options.padding ?? 'valid', ['valid', 'same']);
    this.outputPadding = checkOutputPadding(who, options.outputPadding ?? null, this.strides);
    this.dataFormat = checkDataFormat(who, options.dataFormat);
    this.dilationRate = checkPerAxis(who, 'dilationRate', options.dilationRate ?? 1, rank);
    if (Math.max(...this.strides) > 1 && Math.max(...this.dilationRate) > 1) {
      throw new ValueError(
        `[${who}] strides and dilationRate must not both be greater than 1. Received: strides=${showShape(this.strides)}, dilationRate=${showShape(this.dilationRate)}.`,
      );
    }
    this.inputSpec = { rank: rank + 2 };
  }

  override build(inputShape: Shape): void {
    const isLast = this.dataFormat === 'channels_last';
    const channels = knownSize(inputShape, isLast ? this.rank + 1 : 1, this.who);
    this.addKernel([...this.kernelSize, this.filters, channels], this.filters);
    this.inputSpec = { rank: this.rank + 2, axes: { [isLast ? -1 : 1]: channels } };
  }

  get #window(): ConvTransposeOptions {
    const { strides, padding, outputPadding, dataFormat, dilationRate } = this;
    return { strides, padding, outputPadding, dataFormat, dilationRate };
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
    const { activations, initializers, regularizers, constraints } = kernelConfig(this.settings);
    return {
      ...super.getConfig(),
      filters: this.filters,
      kernel_size: this.kernelSize,
      strides: this.strides,
      padding: this.padding,
      output_padding: this.outputPadding,
      data_format: this.dataFormat,
      dilation_rate: this.dilationRate,
      ...activations,
      ...initializers,
      ...regularizers,
      activity_regularizer: json(serializeRegularizer(this.activityRegularizer)),
      ...constraints,
    };
  }
}

function checkOutputPadding(who: string, value: unknown, strides: readonly number[]): readonly number[] | null {
  if (value === null) return null;
  const list: readonly unknown[] = Array.isArray(value) ? value : strides.map(() => value);
  const fits = (entry: unknown, i: number): entry is number =>
    typeof entry === 'number' && Number.isInteger(entry) && entry >= 0 && entry < (strides[i] ?? 1);
  if (list.length === strides.length && list.every(fits)) return [...list];
  throw new ValueError(
    `[${who}] outputPadding must be an integer from 0 to less than strides, or one for each of the ${strides.length} spatial axes. Received: outputPadding=${show(value)}, strides=${showShape(strides)}.`,
  );
}
