import type { Layer } from '../../keras/layers/base/layer.ts';
import type { MatchedBy } from './match.ts';

/** The modules of a layer: for a separable convolution, the depthwise and the pointwise module. */
export type PyTorchNames =
  | Readonly<Record<string, string | readonly string[]>>
  | ((layer: Layer) => string | readonly string[] | null | undefined);

/** Options of {@link loadPyTorchWeights}. */
export interface LoadPyTorchWeightsOptions {
  /**
   * The modules of layers by the layers' names, `{ conv2d: 'features.0' }`; or a function that returns the module of a
   * layer, or null to apply the default rules. @default {}
   */
  readonly names?: PyTorchNames | undefined;
  /** Whether every layer must have a module and every module a layer; otherwise exceptions are reported. @default true */
  readonly strict?: boolean | undefined;
  /** The `eps` of PyTorch's modules, which the layers must equal. @default null: values other than 1e-5 are noted */
  readonly eps?: number | null | undefined;
  /** The `momentum` m of PyTorch's BatchNorm; the layers' must be 1 − m. @default null: values other than 0.9 are noted */
  readonly momentum?: number | null | undefined;
  /**
   * The number of elements N per batch variance, to multiply `running_var` by (N − 1)/N as in Keras; PyTorch's predictions
   * need no correction. @default null: no correction
   */
  readonly sampleCount?: number | null | undefined;
}

/** The result of reading a state dict of PyTorch. */
export interface PyTorchReport {
  /** The layers with new weights, their modules, and the rule that matched them. */
  readonly loaded: readonly { readonly layer: string; readonly module: string; readonly by: MatchedBy }[];
  /** The unused tensors. */
  readonly unusedInFile: readonly string[];
  /** The unchanged layers, with the reasons. */
  readonly notInFile: readonly string[];
  /** Notes: settings that differ from PyTorch's, and state that PyTorch does not have. */
  readonly notes: readonly string[];
}
