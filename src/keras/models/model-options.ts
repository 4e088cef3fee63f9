import { isRecord } from '../../core/config.ts';
import { snakeCase, uniqueName } from '../../core/names.ts';
import { checkOptions } from '../../core/checks.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Tree } from '../../core/tree.ts';
import { type KerasTensor, isKerasTensor } from '../ops/base/keras-tensor.ts';
import type { LayerOptions } from '../layers/base/layer.ts';

/** Options shared by all models. */
export type ModelOptions = Pick<LayerOptions, 'name' | 'trainable' | 'dtype'>;

/** Symbolic tensors in the structure `Form`. TypeScript checks one level of arrays and records. */
export type Symbolic<Form> =
  KerasTensor<Form> | { readonly [K in keyof Form]: KerasTensor<Form[K]> } | Tree<KerasTensor>;

/** Options of a model of symbolic tensors in addition to these. */
export interface FunctionalSettings {
  /** The name of the model. @default 'functional', made unique */
  readonly name?: string | undefined;
  /** Whether training changes the weights. @default true */
  readonly trainable?: boolean | undefined;
}

/** Options of a model of symbolic tensors. */
export interface FunctionalOptions<Output = Tree<Tensor>> extends FunctionalSettings {
  /** The inputs, alone or in arrays and records: from `Input`, or from a layer where the model should start there. */
  readonly inputs: Tree<KerasTensor>;
  /** The outputs, computed from the inputs, alone or in arrays and records. */
  readonly outputs: Symbolic<Output>;
}

/**
 * Returns the options of a model whose inputs and outputs may be given by position.
 * @throws TypeError if the outputs are missing
 */
export function modelOptions<Output>(
  className: string,
  first: ModelOptions | FunctionalOptions<Output> | Tree<KerasTensor>,
  outputs: Symbolic<Output> | undefined,
  options: FunctionalSettings,
): ModelOptions | FunctionalOptions<Output> {
  if (outputs !== undefined) return { ...options, inputs: first as Tree<KerasTensor>, outputs };
  if (isKerasTensor(first) || Array.isArray(first)) {
    throw new TypeError(`[${className}] outputs must be given after inputs. Received: inputs alone.`);
  }
  return first as ModelOptions | FunctionalOptions<Output>;
}

const OPTIONS = ['inputs', 'outputs', 'name', 'trainable'];

/** Whether the options describe a model of symbolic tensors. */
export function isFunctional<Output>(
  options: ModelOptions | FunctionalOptions<Output>,
): options is FunctionalOptions<Output> {
  return isRecord(options) && ('inputs' in options || 'outputs' in options);
}

/**
 * The layer options among the options of a model. `isPlain`: the class is `Model` itself.
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
      `[${className}] inputs and outputs must be given. Received: neither. A custom model extends Model and defines call.`,
    );
  }
  checkOptions(className, options, OPTIONS);
  const { name = uniqueName(isPlain ? 'functional' : snakeCase(className)), trainable } = options;
  // The model casts each input to the type of its Input instead.
  return { name, autocast: false, ...(trainable === undefined ? {} : { trainable }) };
}
