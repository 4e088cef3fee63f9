import { isRecord } from '../../../core/config.ts';
import { snakeCase, uniqueName } from '../../../core/names.ts';
import { checkOptions } from '../../../core/checks.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';
import type { KerasTensor } from '../../ops/base/keras-tensor.ts';
import type { LayerOptions } from '../../layers/base/layer.ts';
import type { ModelOptions } from '../base-model.ts';

/** Symbolic tensors in the form of what they stand for; the compiler does not look into arrays and records that are nested. */
export type Symbolic<Form> =
  KerasTensor<Form> | { readonly [K in keyof Form]: KerasTensor<Form[K]> } | Tree<KerasTensor>;

/** Options of a model that is made of symbolic tensors. */
export interface FunctionalOptions<Output = Tree<Tensor>> {
  /** What the model is fed: what `Input` gave, alone or in arrays and records; what a layer gave, to begin there. */
  readonly inputs: Tree<KerasTensor>;
  /** What the model gives, computed from the inputs: alone or in arrays and records. */
  readonly outputs: Symbolic<Output>;
  /** What the model is called. @default 'functional', made unique */
  readonly name?: string | undefined;
  /** Whether training changes the weights. @default true */
  readonly trainable?: boolean | undefined;
}

const OPTIONS = ['inputs', 'outputs', 'name', 'trainable'];

export function isFunctional<Output>(
  options: ModelOptions | FunctionalOptions<Output>,
): options is FunctionalOptions<Output> {
  return isRecord(options) && ('inputs' in options || 'outputs' in options);
}

/**
 * The options that a layer takes, of those that a model was given. `isPlain`: it is of no class of the user's.
 * @throws TypeError if an option is unknown, or a plain model has neither inputs nor outputs.
 */
export function layerOptions<Output>(
  className: string,
  isPlain: boolean,
  options: ModelOptions | FunctionalOptions<Output>,
): LayerOptions {
  if (!isFunctional(options)) {
    if (!isPlain) return options;
    checkOptions(className, options, OPTIONS);
    throw new TypeError(
      `[${className}] inputs and outputs must be given. Received: neither. A model of your own extends Model and gives call.`,
    );
  }
  checkOptions(className, options, OPTIONS);
  const { name = uniqueName(isPlain ? 'functional' : snakeCase(className)), trainable } = options;
  // Each input is cast to its own type.
  return { name, autocast: false, ...(trainable === undefined ? {} : { trainable }) };
}
