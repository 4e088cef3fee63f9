import type { Value } from '../../compiler/ir/value.ts';
import { canonicalAxis } from '../../core/axes.ts';
import { ValueError, show } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import type { CallContext } from '../layers/base/call-context.ts';
import type { LayerOptions } from '../layers/base/layer-options.ts';
import { axis, positive } from '../layers/base/option-fields.ts';
import {
  add,
  cast,
  concatenate,
  cos,
  expandDims,
  minimum,
  moveaxis,
  multiply,
  negative,
  sin,
  split,
} from '../ops/index.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';
import { type Fields, boolean, choice, nullable, number } from '../saving/fields.ts';
import { PositionLayer, positionsOf } from './position-layer.ts';
import { type FrequencyOptions, type RopeType, rotaryFrequencies } from './rotary-frequencies.ts';

/** Options of {@link RotaryEmbedding}. */
export interface RotaryEmbeddingOptions extends LayerOptions {
  /** The wavelength of the last pair of features, divided by 2π. @default 10000 */
  maxWavelength?: number | undefined;
  /** The factor by which positions are compressed. @default 1 */
  scalingFactor?: number | undefined;
  /**
   * The compression: `'linear'`, of all frequencies; `'dynamic'`, by a power of the factor; `'yarn'`, of low frequencies;
   * `'default'`, none. @default 'linear'
   */
  ropeType?: RopeType | undefined;
  /** With `'yarn'`, the number of turns from which on a frequency is kept. @default 32 */
  betaFast?: number | undefined;
  /** With `'yarn'`, the number of turns up to which a frequency is divided by the factor. @default 1 */
  betaSlow?: number | undefined;
  /** With `'yarn'`, the length of the sequences of the original training. @default 4096 */
  originalMaxPositionEmbeddings?: number | null | undefined;
  /** With `'yarn'`, whether the bounds are rounded to whole pairs, and positions limited to the original length. @default false */
  truncate?: boolean | undefined;
  /** The axis of the sequence. @default 1 */
  sequenceAxis?: number | undefined;
  /** The axis of the features. @default -1 */
  featureAxis?: number | undefined;
  /** The number of features in the exponent of the frequencies. @default null, that of the input */
  denominatorDim?: number | null | undefined;
}

const ORDER = [
  'maxWavelength',
  'scalingFactor',
  'ropeType',
  'betaFast',
  'betaSlow',
  'originalMaxPositionEmbeddings',
  'truncate',
  'sequenceAxis',
  'featureAxis',
  'denominatorDim',
] as const;

/**
 * Rotates pairs of features by angles proportional to the position in a sequence, so that products of queries and keys
 * depend on distances. Feature i and feature i + n / 2 are a pair. A call also accepts `startIndex`, the position of the first
 * element, and `positions`, the position of each.
 *
 *     θᵢ = maxWavelength^(−2i / n) / scalingFactor
 *     y[t, i]         = x[t, i] cos(t θᵢ) − x[t, i + n/2] sin(t θᵢ)
 *     y[t, i + n/2]   = x[t, i + n/2] cos(t θᵢ) + x[t, i] sin(t θᵢ)
 *
 * With `ropeType: 'yarn'` the result is multiplied by 1 + 0.1 ln(scalingFactor).
 *
 * Shapes: any with a sequence and a feature axis, such as `[batch, sequence, heads, n]` → the same.
 *
 * @throws ValueError if n is odd or unknown, or the axes are the same or do not exist.
 * @example
 * await new RotaryEmbedding().apply([[[1, 0], [1, 0]]]);    // [[[1, 0], [0.5403, 0.84147]]]
 * @see https://keras.io/keras_hub/api/modeling_layers/rotary_embedding/
 * @see https://arxiv.org/abs/2104.09864
 */
export class RotaryEmbedding extends PositionLayer implements FrequencyOptions {
  static override readonly className: string = 'RotaryEmbedding';
  static readonly kerasModule: string = 'keras_hub.src.layers.modeling.rotary_embedding';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    maxWavelength: number(10000, { above: 0 }),
    scalingFactor: number(1, { above: 0 }),
    ropeType: choice(['linear', 'dynamic', 'yarn', 'default'], 'linear'),
    betaFast: number(32, { above: 0 }),
    betaSlow: number(1, { above: 0 }),
    originalMaxPositionEmbeddings: { ...nullable(number(undefined, { above: 0 })), byDefault: 4096 },
    truncate: boolean(false),
    sequenceAxis: axis(1),
    featureAxis: axis(-1),
    denominatorDim: nullable(positive()),
  };

  override built = true;
  /** The wavelength of the last pair of features, divided by 2π. */
  declare readonly maxWavelength: number;
  /** The factor by which positions are compressed. */
  declare readonly scalingFactor: number;
  /** The compression. */
  declare readonly ropeType: RopeType;
  /** The number of turns from which on YaRN keeps a frequency. */
  declare readonly betaFast: number;
  /** The number of turns up to which YaRN divides a frequency by the factor. */
  declare readonly betaSlow: number;
  /** The length of the sequences of the original training, for YaRN. */
  declare readonly originalMaxPositionEmbeddings: number | null;
  /** Whether YaRN rounds its bounds, and limits positions. */
  declare readonly truncate: boolean;
  /** The axis of the sequence. */
  declare readonly sequenceAxis: number;
  /** The axis of the features. */
  declare readonly featureAxis: number;
  /** The number of features in the exponent of the frequencies; null for that of the input. */
  declare readonly denominatorDim: number | null;

  constructor(...args: Arguments<RotaryEmbeddingOptions, typeof ORDER>);
  constructor(options?: RotaryEmbeddingOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { minNdim: 2 };
  }

  override call(inputs: Value, context: CallContext): Value {
    const { who, truncate, originalMaxPositionEmbeddings: limit } = this;
    const [sequenceAxis, featureAxis] = this.#axesOf(inputs.shape);
    const [length, size] = [inputs.shape[sequenceAxis] ?? null, this.#sizeOf(inputs.shape, featureAxis)];
    if (length === null) return inputs;
    const moved = moveaxis(inputs, [featureAxis, sequenceAxis], [-1, 1]);
    const positions = positionsOf(context, length, who);
    const limited = this.ropeType === 'yarn' && truncate && limit !== null ? minimum(positions, limit) : positions;
    const half = multiply(expandDims(limited, -1), rotaryFrequencies(size, this));
    const factor = this.ropeType === 'yarn' ? 1 + 0.1 * Math.log(this.scalingFactor) : 1;
    const [cosines, sines] = [cos, sin].map((wave) => {
      const waves = concatenate([wave(half), wave(half)], { axis: -1 });
      const scaled = factor === 1 ? waves : multiply(waves, factor);
      return cast(
        Array.from({ length: inputs.rank - 3 }).reduce<Value>((x) => expandDims(x, 2), scaled),
        inputs.dtype,
      );
    }) as [Value, Value];
    const [first, second] = split(moved, 2, { axis: -1 }) as [Value, Value];
    const turned = concatenate([negative(second), first], { axis: -1 });
    return moveaxis(add(multiply(moved, cosines), multiply(turned, sines)), [-1, 1], [featureAxis, sequenceAxis]);
  }

  #axesOf({ length: rank }: Shape): readonly [sequenceAxis: number, featureAxis: number] {
    const { who } = this;
    const sequenceAxis = canonicalAxis(this.sequenceAxis, rank, who, 'sequenceAxis');
    const featureAxis = canonicalAxis(this.featureAxis, rank, who, 'featureAxis');
    if (sequenceAxis !== featureAxis) return [sequenceAxis, featureAxis];
    throw new ValueError(
      `[${who}] sequenceAxis and featureAxis must be different. Received: sequenceAxis=${this.sequenceAxis} and featureAxis=${this.featureAxis} for an input of rank ${rank}.`,
    );
  }

  #sizeOf(shape: Shape, featureAxis: number): number {
    const size = shape[featureAxis] ?? null;
    if (size !== null && size % 2 === 0) return size;
    throw new ValueError(
      `[${this.who}] the number of features must be known and even: they are rotated in pairs. Received: ${show(size)} features.`,
    );
  }
}
