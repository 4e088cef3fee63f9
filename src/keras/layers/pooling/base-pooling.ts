import type { Config } from '../../../core/config.ts';
import { checkChoice } from '../../../core/checks.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import type { DataFormat, Padding, PoolOptions } from '../../ops/windows.ts';
import { checkDataFormat, checkPerAxis } from '../base/arguments.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** Options of the poolings over windows. */
export interface PoolingOptions extends LayerOptions {
  /** The size of the window on each spatial axis. @default 2 */
  poolSize?: number | readonly number[] | undefined;
  /** How far the window moves on each spatial axis. @default null, which is `poolSize` */
  strides?: number | readonly number[] | null | undefined;
  /** 'same' lets windows reach over the edge, so that every stride has an output. @default 'valid' */
  padding?: Padding | undefined;
  /** Where the channels are. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
}

const OPTIONS = ['poolSize', 'strides', 'padding', 'dataFormat'];

/** What the poolings over windows share. */
export abstract class BasePooling extends Layer {
  readonly poolSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: Padding;
  readonly dataFormat: DataFormat;

  constructor(rank: number, options: PoolingOptions) {
    super(options, OPTIONS);
    const { who } = this;
    this.poolSize = checkPerAxis(who, 'poolSize', options.poolSize ?? 2, rank);
    this.strides = checkPerAxis(who, 'strides', options.strides ?? this.poolSize, rank);
    this.padding = checkChoice<Padding>(who, 'padding', options.padding ?? 'valid', ['valid', 'same']);
    this.dataFormat = checkDataFormat(who, options.dataFormat);
    this.inputSpec = { rank: rank + 2 };
    this.built = true;
  }

  /** The op that takes one number from each window. */
  protected abstract pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value;

  override call(inputs: Value): Value {
    const { strides, padding, dataFormat } = this;
    return this.pool(inputs, this.poolSize, { strides, padding, dataFormat });
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      pool_size: this.poolSize,
      padding: this.padding,
      strides: this.strides,
      data_format: this.dataFormat,
    };
  }
}
