import type { Value } from '../../../compiler/ir/value.ts';
import type { Shape } from '../../../core/shape.ts';
import { type AdaptivePoolOptions, type DataFormat, adaptiveAveragePool, adaptiveMaxPool } from '../../ops/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import type { Fields } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { dataFormat, perAxis } from '../base/option-fields.ts';
import type { ChannelBehavior } from '../base/traits.ts';

/** Options of the poolings to a fixed size. */
export interface AdaptivePoolingOptions extends LayerOptions {
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
}

/** The options of a pooling to a fixed size of so many spatial axes, in the order of Keras's config. */
export function adaptivePoolingFields(rank: number): Fields {
  return { outputSize: perAxis(rank), dataFormat: dataFormat() };
}

const ORDER = ['outputSize', 'dataFormat'] as const;

type OutputSize = number | readonly number[];

/** The base of poolings to a fixed size. */
export abstract class BaseAdaptivePooling extends Layer {
  static override readonly positional: readonly string[] = ORDER;
  override built = true;
  /** The size of the output on each spatial axis. */
  declare readonly outputSize: readonly number[];
  declare readonly dataFormat: DataFormat;

  constructor(...args: Arguments<AdaptivePoolingOptions & { outputSize: OutputSize }, typeof ORDER>);
  constructor(outputSize: OutputSize, options?: AdaptivePoolingOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { ndim: this.outputSize.length + 2 };
  }

  /** Reduces each window to one number. */
  protected abstract pool(x: Value, outputSize: readonly number[], options: AdaptivePoolOptions): Value;

  override call(inputs: Value): Value {
    return this.pool(inputs, this.outputSize, { dataFormat: this.dataFormat });
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const [batch = null, ...rest] = this.checkedShape(inputShape);
    const isLast = this.dataFormat === 'channels_last';
    const channels = (isLast ? rest.at(-1) : rest[0]) ?? null;
    return isLast ? [batch, ...this.outputSize, channels] : [batch, channels, ...this.outputSize];
  }
}

/** The base of poolings to a fixed size that compute the mean of each window. */
export abstract class BaseAdaptiveAveragePooling extends BaseAdaptivePooling {
  override get channelBehavior(): ChannelBehavior {
    return 'affine';
  }

  protected override pool(x: Value, outputSize: readonly number[], options: AdaptivePoolOptions): Value {
    return adaptiveAveragePool(x, outputSize, options);
  }
}

/** The base of poolings to a fixed size that compute the maximum of each window. */
export abstract class BaseAdaptiveMaxPooling extends BaseAdaptivePooling {
  override get channelBehavior(): ChannelBehavior {
    return 'monotone';
  }

  protected override pool(x: Value, outputSize: readonly number[], options: AdaptivePoolOptions): Value {
    return adaptiveMaxPool(x, outputSize, options);
  }
}
