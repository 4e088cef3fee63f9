import { relu } from '../../activations/index.ts';
import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import { checkNumber } from '../../../core/checks.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** Options of {@link ReLU}. */
export interface ReLULayerOptions extends LayerOptions {
  /** The greatest output; null for none. @default null */
  maxValue?: number | null | undefined;
  /** The slope below the threshold. @default 0 */
  negativeSlope?: number | undefined;
  /** Inputs up to here are damped. @default 0 */
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

  /** The greatest output; null for none. */
  readonly maxValue: number | null;
  /** The slope below the threshold. */
  readonly negativeSlope: number;
  /** Inputs up to here are damped. */
  readonly threshold: number;

  constructor(options: ReLULayerOptions = {}) {
    super(options, ['maxValue', 'negativeSlope', 'threshold']);
    const { who } = this;
    const maxValue = options.maxValue ?? null;
    this.maxValue = maxValue === null ? null : checkNotNegative(who, 'maxValue', maxValue);
    this.negativeSlope = checkNotNegative(who, 'negativeSlope', options.negativeSlope ?? 0);
    this.threshold = checkNotNegative(who, 'threshold', options.threshold ?? 0);
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Value): Value {
    const { maxValue, negativeSlope, threshold } = this;
    return relu(inputs, { maxValue, negativeSlope, threshold });
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      max_value: this.maxValue,
      negative_slope: this.negativeSlope,
      threshold: this.threshold,
    };
  }
}

function checkNotNegative(who: string, argument: string, value: unknown): number {
  const number = checkNumber(who, argument, value);
  if (number >= 0) return number;
  throw new ValueError(`[${who}] ${argument} must not be negative. Received: ${argument}=${number}.`);
}
