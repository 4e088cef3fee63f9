import { checkBoolean, checkInteger, checkNumber, checkOptions } from '../../core/checks.ts';
import type { AnyModel } from '../../keras/models/model.ts';
import type { FileSource } from '../../keras/saving/formats/read-source.ts';
import type { LoadPyTorchWeightsOptions, PyTorchReport } from './options.ts';

const OPTIONS = ['names', 'strict', 'eps', 'momentum', 'sampleCount'];

/**
 * Reads the state dict of a PyTorch network, `safetensors.torch.save_file(network.state_dict(), path)`, into a model with
 * the same layers.
 *
 * A module is matched to the layer whose kind and shape it fits; among several, to the layer with its name or its position:
 * names that differ only in numbers, `conv1` and `conv2`, follow the order of the layers, and `bn1` follows `conv1`. The
 * report contains the rule that matched each module. An ambiguous match is refused; resolve it with `names`.
 *
 * Kernels are converted to Keras's layout, as are the rows of a Dense after a Flatten and the columns of a Dense before a
 * Reshape, for channels-last feature maps. `weight_norm` and `spectral_norm` become plain kernels, or the weights of
 * WeightNormalization and SpectralNormalization. `num_batches_tracked` is ignored.
 *
 *     moving_mean = running_mean        moving_variance = running_var        momentum = 1 − PyTorch's momentum
 *
 * PyTorch's running variance is the batch variance times N/(N − 1). Predictions are equal without a correction; to continue
 * training as in PyTorch, use `new BatchNormalization({ epsilon: 1e-5, momentum: 0.9, fused: true })`.
 *
 * @returns a report of the tensors that were read and those that were not
 * @throws ValueError if the file is damaged or not in the safetensors format, if a named module does not fit, if a match is
 * ambiguous or, with `strict`, if a layer or a tensor is unmatched; the model is unchanged then
 * @example
 * const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1, { name: 'fc' })]);
 * const state = new Sequential([Input({ shape: [1] }), new layers.Dense(2, { name: 'fc' })], { name: 'other' });
 * const bytes = await state.toBytes('safetensors');                   // 'other/fc/kernel' is not a PyTorch name
 * const report = await loadPyTorchWeights(model, bytes, { strict: false });
 * report.loaded;    // []
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.state_dict
 */
export async function loadPyTorchWeights(
  model: AnyModel,
  source: FileSource,
  options: LoadPyTorchWeightsOptions = {},
): Promise<PyTorchReport> {
  checkOptions('loadPyTorchWeights', options, OPTIONS);
  const { names = {}, eps = null, momentum = null, sampleCount = null } = options;
  const who = 'loadPyTorchWeights';
  const strict = checkBoolean(who, 'strict', options.strict ?? true);
  if (eps !== null) checkNumber(who, 'eps', eps);
  if (momentum !== null) checkNumber(who, 'momentum', momentum);
  if (sampleCount !== null) checkInteger(who, 'sampleCount', sampleCount, 2);
  const { readStateDict } = await import('./read-state-dict.ts');
  return readStateDict(model, source, { who, names, strict, eps, momentum, sampleCount });
}
