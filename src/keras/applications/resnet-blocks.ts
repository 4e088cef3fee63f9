import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import { application } from './application.ts';
import { add, batchNorm as normalize, conv, finish, maxPool, pad, relu } from './blocks.ts';
import type { Application } from './options.ts';
import { type Hashes, kernelsFile } from './weights.ts';

const batchNorm = (x: KerasTensor, name: string): KerasTensor => normalize(x, { axis: 3, epsilon: 1.001e-5, name });
const useBias = false;

/** A bottleneck of 1×1, 3×3 and 1×1 filters beside a shortcut, with activations after the normalizations. */
function block1(x: KerasTensor, filters: number, strides: number, isFirst: boolean, name: string): KerasTensor {
  const shortcut = isFirst
    ? batchNorm(conv(x, 4 * filters, 1, { strides, name: `${name}_0_conv` }), `${name}_0_bn`)
    : x;
  let y = batchNorm(conv(x, filters, 1, { strides, name: `${name}_1_conv` }), `${name}_1_bn`);
  y = conv(relu(y, `${name}_1_relu`), filters, 3, { padding: 'same', name: `${name}_2_conv` });
  y = relu(batchNorm(y, `${name}_2_bn`), `${name}_2_relu`);
  y = batchNorm(conv(y, 4 * filters, 1, { name: `${name}_3_conv` }), `${name}_3_bn`);
  return relu(add([shortcut, y], `${name}_add`), `${name}_out`);
}

/** A bottleneck whose activations are before the convolutions, so that nothing is between two additions. */
function block2(x: KerasTensor, filters: number, strides: number, isFirst: boolean, name: string): KerasTensor {
  const active = relu(batchNorm(x, `${name}_preact_bn`), `${name}_preact_relu`);
  let shortcut = x;
  if (isFirst) shortcut = conv(active, 4 * filters, 1, { strides, name: `${name}_0_conv` });
  else if (strides > 1) shortcut = maxPool(x, 1, { strides });
  let y = conv(active, filters, 1, { strides: 1, useBias, name: `${name}_1_conv` });
  y = pad(relu(batchNorm(y, `${name}_1_bn`), `${name}_1_relu`), 1, `${name}_2_pad`);
  y = conv(y, filters, 3, { strides, useBias, name: `${name}_2_conv` });
  y = relu(batchNorm(y, `${name}_2_bn`), `${name}_2_relu`);
  return add([shortcut, conv(y, 4 * filters, 1, { name: `${name}_3_conv` })], `${name}_out`);
}

/**
 * A residual network of four stacks with these numbers of blocks. The first block of a stack of version 1 halves the image, the
 * last one of version 2.
 */
export function resnet(who: string, version: 1 | 2, blocks: readonly number[], hashes: Hashes): Application {
  const name = who.toLowerCase();
  return application(who, {
    size: 224,
    minSize: 32,
    name,
    layers: (image, settings) => {
      let x = conv(pad(image, 3, 'conv1_pad'), 64, 7, { strides: 2, name: 'conv1_conv' });
      if (version === 1) x = relu(batchNorm(x, 'conv1_bn'), 'conv1_relu');
      x = maxPool(pad(x, 1, 'pool1_pad'), 3, { strides: 2, name: 'pool1_pool' });
      for (const [i, count] of blocks.entries()) {
        for (let j = 1; j <= count; j++) {
          const halves = version === 1 ? j === 1 && i > 0 : j === count && i < 3;
          const block = version === 1 ? block1 : block2;
          x = block(x, 64 * 2 ** i, halves ? 2 : 1, j === 1, `conv${i + 2}_block${j}`);
        }
      }
      if (version === 2) x = relu(batchNorm(x, 'post_bn'), 'post_relu');
      return finish(x, settings, true);
    },
    file: ({ includeTop }) => kernelsFile('resnet', name, hashes, includeTop),
  });
}
