import { type Shape, isKnown, sizeOf } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { reshape, transpose, type DataFormat } from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { dataFormat } from '../base/option-fields.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Flatten}. */
export interface FlattenOptions extends LayerOptions {
  /** The position of the channels; with 'channels_first' they are moved to the last axis first. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
}

/**
 * Joins all axes but the batch's into one.
 *
 * Shapes: `[batch, …]` → `[batch, elements]`; a `[batch]` gains an axis of size 1.
 * @example
 * new Flatten().apply(Input({ shape: [7, 7, 64] })).shape;    // [null, 3136]
 * @see https://keras.io/api/layers/reshaping_layers/flatten/
 */
export class Flatten extends Layer {
  static override readonly className: string = 'Flatten';
  static override readonly positional = ['dataFormat'] as const;
  static override readonly fields: Fields = { dataFormat: dataFormat() };

  /** The position of the channels; with 'channels_first' they are moved to the last axis first. */
  declare readonly dataFormat: DataFormat;

  constructor(...args: Arguments<FlattenOptions, typeof Flatten.positional>);
  constructor(options?: FlattenOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { minNdim: 1 };
  }

  override call(inputs: Value): Value {
    const spatial = inputs.shape.slice(2).map((_, i) => i + 2);
    const last =
      this.dataFormat === 'channels_first' && inputs.rank > 1
        ? transpose(inputs, { axes: [0, ...spatial, 1] })
        : inputs;
    return reshape(last, this.computeOutputShape(inputs.shape));
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const shape = this.checkedShape(inputShape);
    const rest = shape.slice(1);
    return [shape[0] ?? null, isKnown(rest) ? sizeOf(rest) : null];
  }
}
