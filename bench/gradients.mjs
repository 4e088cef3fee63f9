import { ops, tensor, valueAndGrad } from 'evenkeel';
import { BatchNormalization, GroupNormalization, LayerNormalization, RMSNormalization } from 'evenkeel/layers';
import { lcg } from './lcg.ts';

/** The layers that are measured alone, with their defaults. */
const layers = {
  'batch-normalization': BatchNormalization,
  'layer-normalization': LayerNormalization,
  'rms-normalization': RMSNormalization,
  'group-normalization': GroupNormalization,
};

/**
 * A call of a layer in training, with the gradients of its input and its weights.
 *
 * @param {import('./workloads.mjs').Workload} workload
 */
export function prepareGradient({ network, shape }) {
  const layer = new layers[network]();
  layer.build([null, ...shape.slice(1)]);
  const size = shape.reduce((product, n) => product * n);
  const x = tensor(lcg(size, 1), shape);
  const dy = tensor(lcg(size, 2), shape);
  // Nobody wants the gradient of dy.
  const weighted = (y, weights) => ops.sum(ops.multiply(y, ops.stopGradient(weights)));
  const step = valueAndGrad((x, dy) => weighted(layer.apply(x, { training: true }), dy), {
    variables: layer.trainableWeights,
    // As in a training loop, which applies gradients at once. PyTorch's allocator keeps memory for the next call, too.
    reuseResults: true,
  });
  return () => step(x, dy).then(() => null);
}
