import type { Value } from '../../../compiler/ir/value.ts';
import type { DataFormat, Padding, PoolOptions } from '../../ops/index.ts';
import { type Fields, nullable } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { dataFormat, padding, perAxis } from '../base/option-fields.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of the poolings over windows. */
export interface PoolingOptions extends LayerOptions {
  /** The size of the window on each spatial axis. @default 2 */
  poolSize?: number | readonly number[] | undefined;
  /** The distance between windows on each spatial axis. @default null, which is `poolSize` */
  strides?: number | readonly number[] | null | undefined;
  /** 'same' lets windows reach over the edge, so that every stride has an output. @default 'valid' */
  padding?: Padding | undefined;
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
}

/** The options of a pooling over windows of so many spatial axes, in the order of Keras's config. */
export function poolingFields(rank: number): Fields {
  return { poolSize: perAxis(rank, 2), padding, strides: nullable(perAxis(rank)), dataFormat: dataFormat() };
}

/** The base of poolings over windows. */
export abstract class BasePooling extends Layer {
  static override readonly positional = ['poolSize', 'strides', 'padding', 'dataFormat'] as const;
  override built = true;
  declare readonly poolSize: readonly number[];
  declare readonly strides: readonly number[];
  declare readonly padding: Padding;
  declare readonly dataFormat: DataFormat;

  constructor(...args: Arguments<PoolingOptions, typeof BasePooling.positional>);
  constructor(options?: PoolingOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    const { strides }: { readonly strides: readonly number[] | null } = this;
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the base has assigned the option: null by default
    this.strides = strides ?? this.poolSize;
    this.inputSpec = { ndim: this.poolSize.length + 2 };
  }

  /** Reduces each window to one number. */
  protected abstract pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value;

  override call(inputs: Value): Value {
    const { strides, padding: mode, dataFormat: format } = this;
    return this.pool(inputs, this.poolSize, { strides, padding: mode, dataFormat: format });
  }
}
