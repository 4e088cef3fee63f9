import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import { application } from './application.ts';
import { averagePool, batchNorm, concatenate, conv as convolve, finish, maxPool, relu } from './blocks.ts';
import type { Application } from './options.ts';
import { type NetworkPreprocessInputOptions, type PreprocessInput, preprocessing } from './preprocess-input.ts';
import { kernelsFile } from './weights.ts';

/** A convolution: its number of filters, and the height and width of its kernel. */
type Step = readonly [filters: number, rows: number, columns: number];

/** A convolution, its normalization and relu. */
function conv(x: KerasTensor, [filters, rows, columns]: Step, shrinks = false): KerasTensor {
  const options = { strides: shrinks ? 2 : 1, padding: shrinks ? 'valid' : 'same', useBias: false } as const;
  return relu(batchNorm(convolve(x, filters, [rows, columns], options), { axis: 3, scale: false }));
}

const chain = (x: KerasTensor, steps: readonly Step[]): KerasTensor => steps.reduce((y, step) => conv(y, step), x);

/** Branches of convolutions, and one of a pooling and a convolution, side by side. */
function mix(x: KerasTensor, branches: readonly (readonly Step[])[], pooled: number, name: string): KerasTensor {
  const made = branches.map((steps) => chain(x, steps));
  const last = conv(averagePool(x, 3, { strides: 1, padding: 'same' }), [pooled, 1, 1]);
  return concatenate([...made, last], 3, name);
}

/** Branches that halve the image, and a pooling. */
function shrink(x: KerasTensor, branches: readonly (readonly Step[])[], name: string): KerasTensor {
  const made = branches.map((steps) => conv(chain(x, steps.slice(0, -1)), steps.at(-1) ?? [0, 0, 0], true));
  return concatenate([...made, maxPool(x, 3, { strides: 2 })], 3, name);
}

/** A kernel of 1×3 and one of 3×1 beside each other. */
const split = (x: KerasTensor, name?: string): KerasTensor =>
  concatenate([conv(x, [384, 1, 3]), conv(x, [384, 3, 1])], 3, name);

function stem(image: KerasTensor): KerasTensor {
  const valid = (x: KerasTensor, filters: number, size: number, strides = 1): KerasTensor => {
    const made = convolve(x, filters, [size, size], { strides, padding: 'valid', useBias: false });
    return relu(batchNorm(made, { axis: 3, scale: false }));
  };
  const first = conv(valid(valid(image, 32, 3, 2), 32, 3), [64, 3, 3]);
  const second = valid(valid(maxPool(first, 3, { strides: 2 }), 80, 1), 192, 3);
  return maxPool(second, 3, { strides: 2 });
}

/** Kernels of 7×7 as products of 1×7 and 7×1. */
const sevens = (n: number): readonly (readonly Step[])[] => [
  [[192, 1, 1]],
  [[n, 1, 1], [n, 1, 7], [192, 7, 1]], // prettier-ignore
  [[n, 1, 1], [n, 7, 1], [n, 1, 7], [n, 7, 1], [192, 1, 7]], // prettier-ignore
];

/**
 * Inception V3 (Szegedy et al., 2015): 23.9 million parameters, images of 299×299.
 *
 * @throws ValueError if the options contradict each other, or the images are smaller than 75×75.
 * @example
 * InceptionV3({ weights: null }).countParams();    // 23851784
 * @see https://keras.io/api/applications/inceptionv3/
 * @see https://arxiv.org/abs/1512.00567
 */
export const InceptionV3: Application = application('InceptionV3', {
  size: 299,
  minSize: 75,
  name: 'inception_v3',
  layers: (image, settings) => {
    let x = stem(image);
    const fives: readonly (readonly Step[])[] = [
      [[64, 1, 1]],
      [[48, 1, 1], [64, 5, 5]], // prettier-ignore
      [[64, 1, 1], [96, 3, 3], [96, 3, 3]], // prettier-ignore
    ];
    for (const [i, pooled] of [32, 64, 64].entries()) x = mix(x, fives, pooled, `mixed${i}`);
    const threes: readonly Step[] = [[64, 1, 1], [96, 3, 3], [96, 3, 3]]; // prettier-ignore
    x = shrink(x, [[[384, 3, 3]], threes], 'mixed3');
    for (const [i, filters] of [128, 160, 160, 192].entries()) x = mix(x, sevens(filters), 192, `mixed${i + 4}`);
    const seven: readonly Step[] = [[192, 1, 1], [192, 1, 7], [192, 7, 1], [192, 3, 3]]; // prettier-ignore
    x = shrink(x, [[[192, 1, 1], [320, 3, 3]], seven], 'mixed8'); // prettier-ignore
    for (let i = 0; i < 2; i++) {
      const one = conv(x, [320, 1, 1]);
      const three = split(conv(x, [384, 1, 1]), `mixed9_${i}`);
      const double = split(chain(x, [[448, 1, 1], [384, 3, 3]])); // prettier-ignore
      const pooled = conv(averagePool(x, 3, { strides: 1, padding: 'same' }), [192, 1, 1]);
      x = concatenate([one, three, double, pooled], 3, `mixed${9 + i}`);
    }
    return finish(x, settings, false);
  },
  file: ({ includeTop }) =>
    kernelsFile(
      'inception_v3',
      'inception_v3',
      ['9a0d58056eeedaa3f26cb7ebd46da564', 'bcbd6486424b2319ff4ef7d526e38f63'],
      includeTop,
    ),
});

/** Converts images in [0, 255] for Inception V3: to [−1, 1]. */
export const preprocessInput: PreprocessInput<NetworkPreprocessInputOptions> = preprocessing('inceptionV3', 'tf');
export { decodePredictions } from './decode-predictions.ts';
