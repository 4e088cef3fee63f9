import type { Value } from '../../../compiler/ir/value.ts';
import { relu } from '../../activations/index.ts';
import { type Fields, nullable, number } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link ReLU}. */
export interface ReLULayerOptions extends LayerOptions {
  /** The maximum output; null for none. @default null */
  maxValue?: number | null | undefined;
  /** The slope below the threshold. @default 0 */
  negativeSlope?: number | undefined;
  /** Inputs below the threshold are scaled by `negativeSlope`. @default 0 */
  threshold?: number | undefined;
}

/**
 * The rectified linear unit as a layer.
 *
 * f(x) = maxValue for x ≥ maxValue; x for threshold < x < maxValue; negativeSlope · (x − threshold) otherwise
 *
 * Shapes: any → the same.
 * @throws ValueError if an option is negative.
 * @example
 * await new ReLU({ maxValue: 6 }).apply([-1, 2, 8]);    // [0, 2, 6]
 * @see https://keras.io/api/layers/activation_layers/relu/
 */
export class ReLU extends Layer {
  static override readonly className: string = 'ReLU';
  static override readonly positional = ['maxValue', 'negativeSlope', 'threshold'] as const;
  static override readonly fields: Fields = {
    maxValue: nullable(number(undefined, { min: 0 })),
    negativeSlope: number(0, { min: 0 }),
    threshold: number(0, { min: 0 }),
  };

  override supportsMasking = true;
  override built = true;
  /** The maximum output; null for none. */
  declare readonly maxValue: number | null;
  /** The slope below the threshold. */
  declare readonly negativeSlope: number;
  /** Inputs below the threshold are scaled by `negativeSlope`. */
  declare readonly threshold: number;

  constructor(...args: Arguments<ReLULayerOptions, typeof ReLU.positional>);
  constructor(options?: ReLULayerOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  get isActivation(): boolean {
    return true;
  }

  override get channelBehavior(): ChannelBehavior | null {
    return this.maxValue === null && this.threshold === 0 ? 'positively-homogeneous' : null;
  }

  override call(inputs: Value): Value {
    const { maxValue, negativeSlope, threshold } = this;
    return relu(inputs, { maxValue, negativeSlope, threshold });
  }
}
