import type { Config } from '../../../core/config.ts';
import { optionsOf } from '../../saving/registry.ts';
import { type Shape, isKnown, sizeOf } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { reshape, transpose } from '../../ops/movement.ts';
import type { DataFormat } from '../../ops/windows.ts';
import { checkDataFormat } from '../base/arguments.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** Options of {@link Flatten}. */
export interface FlattenOptions extends LayerOptions {
  /** Where the channels are: with 'channels_first' they are moved to the back before. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
}

/**
 * All axes but the batch as one.
 *
 * Shapes: `[batch, …]` → `[batch, elements]`; a `[batch]` gains an axis of size 1.
 * @example
 * new Flatten().apply(Input({ shape: [7, 7, 64] })).shape;    // [null, 3136]
 * @see https://keras.io/api/layers/reshaping_layers/flatten/
 */
export class Flatten extends Layer {
  static override readonly className: string = 'Flatten';

  /** Where the channels are: with 'channels_first' they are moved to the back before. */
  readonly dataFormat: DataFormat;

  constructor(options: FlattenOptions = {}) {
    super(options, ['dataFormat']);
    this.dataFormat = checkDataFormat(this.who, options.dataFormat);
    this.inputSpec = { minRank: 1 };
  }

  override call(inputs: Value): Value {
    const spatial = inputs.shape.slice(2).map((_, i) => i + 2);
    const last =
      this.dataFormat === 'channels_first' && inputs.rank > 1 ? transpose(inputs, [0, ...spatial, 1]) : inputs;
    return reshape(last, this.computeOutputShape(inputs.shape));
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const shape = this.checkedShape(inputShape);
    const rest = shape.slice(1);
    return [shape[0] ?? null, isKnown(rest) ? sizeOf(rest) : null];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), data_format: this.dataFormat };
  }

  static override fromConfig(config: Config): Flatten {
    return new this(optionsOf(config));
  }
}
