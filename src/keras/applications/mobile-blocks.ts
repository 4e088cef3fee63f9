import type { Config } from '../../core/config.ts';
import { Dropout, GlobalAveragePooling2D, Multiply, Reshape } from '../layers/index.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import type { Settings } from './application.ts';
import { add, conv, channelsOf, pool, predictions } from './blocks.ts';
import type { DenseOptions } from '../layers/core/dense.ts';

type Initializer = { readonly class_name: string; readonly config: Config };

const scaled = (scale: number, distribution: string): Initializer => ({
  class_name: 'VarianceScaling',
  config: { scale, mode: 'fan_out', distribution },
});

/** The initializers of the EfficientNets. */
export const convInitializer: Initializer = scaled(2, 'truncated_normal');
const denseInitializer = scaled(1 / 3, 'uniform');

/** The prefix of the names of a block's layers: `block1a_`, `block1b_`, … */
export const blockName = (stage: number, index: number): string => `block${stage}${String.fromCharCode(97 + index)}_`;

/** Scales the channels by what two small convolutions make of their means; `filters` are those between the two. */
export function excite(x: KerasTensor, filters: number, name: string): KerasTensor {
  const channels = channelsOf(x);
  const options = { padding: 'same', kernelInitializer: convInitializer } as const;
  let y = new GlobalAveragePooling2D({ name: `${name}se_squeeze` }).apply(x);
  y = new Reshape([1, 1, channels], { name: `${name}se_reshape` }).apply(y);
  y = conv(y, filters, 1, { ...options, activation: 'swish', name: `${name}se_reduce` });
  y = conv(y, channels, 1, { ...options, activation: 'sigmoid', name: `${name}se_expand` });
  return new Multiply({ name: `${name}se_excite` }).apply([x, y]);
}

/** A residual connection whose branch is dropped for whole images in training. */
export function skip(x: KerasTensor, branch: KerasTensor, dropRate: number, name: string): KerasTensor {
  const options = { noiseShape: [null, 1, 1, 1], name: `${name}drop` } as const;
  const dropped = dropRate > 0 ? new Dropout(dropRate, options).apply(branch) : branch;
  return add([dropped, x], `${name}add`);
}

/** The mean of each channel, dropout and the classifier; or the features. */
export function finishEfficient(
  x: KerasTensor,
  settings: Settings,
  dropRate: number,
  options: DenseOptions = {},
): KerasTensor {
  if (!settings.includeTop) return pool(x, settings, true);
  const means = new GlobalAveragePooling2D({ name: 'avg_pool' }).apply(x);
  const dropped = new Dropout(dropRate, { name: 'top_dropout' }).apply(means);
  return predictions(dropped, settings, { kernelInitializer: denseInitializer, ...options });
}
