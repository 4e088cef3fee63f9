import { type Augmentation, COLORS, GEOMETRY, TONES, makeAugmentations } from './augmentations.ts';
import type { Value } from '../../../../compiler/ir/value.ts';
import { RandomStream } from '../../../../core/random.ts';
import type { TransformInterpolation } from '../../../ops/image/transforms.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { type Fields, number, boolean, integer } from '../../../saving/fields.ts';
import { positive } from '../../base/option-fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type Factor, type Interval, seed, factor, valueRange, interpolation } from './fields.ts';
import { clipTo } from './pixels.ts';
import { beta, gamma } from './random-numbers.ts';

/** Options of {@link AugMix}. */
export interface AugMixOptions extends RandomImageOptions {
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
  /** The number of chains. @default 3 */
  numChains?: number | undefined;
  /** The largest number of operations of a chain. @default 3 */
  chainDepth?: number | undefined;
  /** The strength of the operations. @default 0.3 */
  factor?: Factor | undefined;
  /** The parameter of the distributions of the weights. @default 1 */
  alpha?: number | undefined;
  /** Whether the operations on brightness, color, contrast and sharpness are among those chosen from. @default true */
  allOps?: boolean | undefined;
  /** The method of interpolation. @default 'bilinear' */
  interpolation?: TransformInterpolation | undefined;
}
/** An operation of a chain, and its transformation. */
export interface ChainStep {
  readonly layer: Augmentation;
  readonly transform: unknown;
}

/** The weights of the chains, `[numChains]`, the weight of the images, and the operations of each chain. */
export interface AugMixTransformation {
  readonly chainMixingWeights: Value;
  readonly weightSample: Value;
  readonly chains: readonly (readonly ChainStep[])[];
}

/**
 * Blends images with a mixture of chains of operations, in training:
 *
 * y = w · x + (1 − w) · Σ vᵢ · chainᵢ(x), w of the distribution Beta(α, α), v of the Dirichlet distribution of α
 *
 * A chain applies up to `chainDepth` operations: RandomShear, RandomTranslation, RandomRotation, RandomPosterization, Solarization,
 * AutoContrast and Equalization, and with `allOps` RandomBrightness, RandomColorDegeneration, RandomContrast and
 * RandomSharpness. Which ones is decided when a program is compiled, as in Keras; the rest is drawn at each run.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for a factor beyond [0, 1], or images of another rank.
 * @example
 * const layer = new AugMix({ chainDepth: 0, valueRange: [0, 1] });
 * await layer.apply([[[0.25, 0.5, 0.75]]]);    // [[[0.25, 0.5, 0.75]]]
 * @see Hendrycks et al., 2020, AugMix: a simple data processing method to improve robustness and uncertainty
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/aug_mix/
 */
export class AugMix extends BaseImagePreprocessingLayer<AugMixTransformation> {
  static override readonly className: string = 'AugMix';
  static override readonly positional = [
    'valueRange',
    'numChains',
    'chainDepth',
    'factor',
    'alpha',
    'allOps',
    'interpolation',
    'seed',
    'dataFormat',
  ] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    valueRange,
    numChains: positive(3),
    chainDepth: integer(3, 0),
    factor: factor([0, 1], 0.3),
    alpha: number(1, { above: 0 }),
    allOps: boolean(true),
    interpolation,
    seed,
  };

  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;
  /** The number of chains. */
  declare readonly numChains: number;
  /** The largest number of operations of a chain. */
  declare readonly chainDepth: number;
  /** The strength of the operations. */
  declare readonly factor: Interval;
  /** The parameter of the distributions of the weights. */
  declare readonly alpha: number;
  /** Whether all operations are among those chosen from. */
  declare readonly allOps: boolean;
  /** The method of interpolation. */
  declare readonly interpolation: TransformInterpolation;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<AugMixOptions, typeof AugMix.positional>);
  constructor(options?: AugMixOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    const names = [...GEOMETRY, ...TONES, ...(this.allOps ? COLORS : [])];
    this.#layers = makeAugmentations(names, this, () => this.seeds.nextInteger());
  }

  readonly #layers: readonly Augmentation[];

  override getRandomTransformation(images: Value): AugMixTransformation {
    const { numChains, chainDepth, alpha } = this;
    const shares = gamma(this.seeds, [numChains], alpha, images.dtype);
    const choices = new RandomStream(this.seeds.nextInteger());
    const step = (): readonly ChainStep[] => {
      const layer = this.#layers[choices.nextInteger() % (this.#layers.length + 1)];
      return layer === undefined ? [] : [{ layer, transform: layer.getRandomTransformation(images, true) }];
    };
    return {
      chainMixingWeights: ops.divide(shares, ops.sum(shares)),
      weightSample: beta(this.seeds, [], alpha, images.dtype),
      chains: Array.from({ length: numChains }, () => Array.from({ length: chainDepth }, step).flat()),
    };
  }

  override transformImages(images: Value, transformation: AugMixTransformation): Value {
    const mixed = this.#mix(images, transformation, (x, { layer, transform }) => layer.transformImages(x, transform));
    return clipTo(mixed, this.valueRange);
  }

  override transformSegmentationMasks(masks: Value, transformation: AugMixTransformation): Value {
    return this.#mix(ops.cast(masks, this.dtype), transformation, (x, { layer, transform }) =>
      layer.transformSegmentationMasks(x, transform),
    );
  }

  #mix(
    given: Value,
    { chainMixingWeights, weightSample, chains }: AugMixTransformation,
    apply: (x: Value, step: ChainStep) => Value,
  ): Value {
    const parts = chains.map((chain, i) =>
      ops.multiply(chain.reduce(apply, given), ops.getItem(chainMixingWeights, i)),
    );
    const mixture = parts.reduce((sum, part) => ops.add(sum, part));
    return ops.add(ops.multiply(weightSample, given), ops.multiply(ops.subtract(1, weightSample), mixture));
  }
}
