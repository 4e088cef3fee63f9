import { ValueError } from '../../core/errors.ts';
import type { DTypePolicy } from '../../core/dtype-policy.ts';
import type { Shape } from '../../core/shape.ts';
import type { Activation } from '../activations/index.ts';
import type { Initializer } from '../initializers/index.ts';
import { copyOf } from '../layers/attention/base-multi-head-attention.ts';
import { Dense } from '../layers/core/dense.ts';
import { LayerNormalization } from '../layers/normalization/layer-normalization.ts';
import { Dropout } from '../layers/regularization/dropout.ts';

/** The options of a block that its parts have as well. */
interface Block {
  readonly dropout: number;
  readonly activation: Activation;
  readonly layerNormEpsilon: number;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly intermediateDim: number;
  readonly dtypePolicy: DTypePolicy;
}

/** The initializers of a part, whose initial values are its own, unless they have a seed. */
export function initializersOf({ kernelInitializer, biasInitializer }: Block): {
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
} {
  return { kernelInitializer: copyOf(kernelInitializer), biasInitializer: copyOf(biasInitializer) };
}

/** A normalization, built for a shape. */
export function makeNorm(block: Block, name: string, shape: Shape): LayerNormalization {
  const norm = new LayerNormalization({ name, epsilon: block.layerNormEpsilon, dtype: block.dtypePolicy });
  norm.build(shape);
  return norm;
}

/** The dropout of a block. */
export function makeDropout({ dropout, dtypePolicy }: Block, name: string): Dropout {
  return new Dropout(dropout, { name, dtype: dtypePolicy });
}

/** The two dense layers of a block, built for a shape with `size` features. */
export function makeFeedforward(
  block: Block,
  names: readonly [intermediate: string, output: string],
  shape: Shape,
  size: number,
): readonly [intermediate: Dense, output: Dense] {
  const { intermediateDim, activation, dtypePolicy: dtype } = block;
  const intermediate = new Dense(intermediateDim, { name: names[0], activation, ...initializersOf(block), dtype });
  const output = new Dense(size, { name: names[1], ...initializersOf(block), dtype });
  intermediate.build(shape);
  output.build([...shape.slice(0, -1), intermediateDim]);
  return [intermediate, output];
}

/** The size of each head. @throws ValueError if there are more heads than features */
export function headSizeOf(who: string, features: number, numHeads: number): number {
  if (features >= numHeads) return Math.floor(features / numHeads);
  throw new ValueError(
    `[${who}] numHeads must be at most the number of features. Received: numHeads=${numHeads} for ${features} features.`,
  );
}

/** A part of a layer that is built. @throws ValueError before */
export function partOf<T>(part: T | null, who: string): T {
  if (part !== null) return part;
  throw new ValueError(`[${who}] the layers inside are made by build: call the layer on an input or build([…]) first.`);
}
