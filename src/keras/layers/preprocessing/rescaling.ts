import type { Config } from '../../../core/config.ts';
import { optionsOf } from '../../saving/registry.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { Json } from '../../../core/config.ts';
import { type TensorLike, tensor } from '../../../core/tensor.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { add, cast, multiply } from '../../ops/elementwise.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** A number, or numbers that broadcast against the input. */
export type RescalingFactor = number | readonly RescalingFactor[];

/** Options of {@link Rescaling}. */
export interface RescalingOptions extends LayerOptions {
  /** What is added after. @default 0 */
  offset?: RescalingFactor | undefined;
}

/**
 * Numbers of one range moved into another: pixels from [0, 255] to [0, 1] with a scale of 1 / 255.
 *
 * y = x · scale + offset
 *
 * Shapes: any → the same; lists broadcast against the input. Integers become floats.
 * @throws TypeError if `scale` or `offset` is neither a number nor a list of numbers.
 * @example
 * await new Rescaling(1 / 127.5, { offset: -1 }).apply([[0, 127.5, 255]]);    // [[-1, 0, 1]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/
 */
export class Rescaling extends Layer {
  static override readonly className: string = 'Rescaling';

  /** What the input is multiplied by. */
  readonly scale: RescalingFactor;
  /** What is added after. */
  readonly offset: RescalingFactor;

  constructor(scale: RescalingFactor, options: RescalingOptions = {}) {
    super(options, ['offset']);
    this.scale = checkFactor(scale, 'scale', this.who);
    this.offset = checkFactor(options.offset ?? 0, 'offset', this.who);
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Value): Value {
    const [scale, offset] = [this.scale, this.offset].map((numbers) =>
      constant(tensor(numbers as TensorLike, undefined, this.dtype)),
    );
    return add(multiply(cast(inputs, this.dtype), scale ?? 1), offset ?? 0);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), scale: this.scale, offset: this.offset };
  }

  static override fromConfig(config: Config): Rescaling {
    const { scale, ...options } = optionsOf(config) as {
      readonly scale: RescalingFactor;
      readonly [key: string]: Json;
    };
    return new this(scale, options);
  }
}

function checkFactor(value: unknown, argument: string, who: string): RescalingFactor {
  const message = `[${who}] ${argument} must be a finite number or a list of them. Received: ${argument}=${show(value)}.`;
  if (Array.isArray(value) && value.length > 0) {
    return value.map((entry: unknown) => checkFactor(entry, argument, who));
  }
  if (typeof value !== 'number') throw new TypeError(message);
  if (!Number.isFinite(value)) throw new ValueError(message);
  return value;
}
