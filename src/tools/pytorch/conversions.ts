import { convert } from '../../core/dtype.ts';
import { sameShape, showShape } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import type { SavedVariable } from '../../keras/saving/keras-saveable.ts';
import { storedToTensor } from '../../formats/arrays/convert-stored.ts';
import { permute, reshaped, takeRows } from './state/arrays.ts';
import type { PyTorchModule } from './state/modules.ts';
import type { FeatureOrder } from './flow.ts';

/** The conversion of a module to a layer: new values, or the reason why it does not fit. */
export type Fit =
  { readonly values: readonly Assignment[]; readonly notes?: readonly string[] } | { readonly not: string };

/** A weight of the model and its value. */
export type Assignment = readonly [variable: SavedVariable, value: Tensor];

/** The reason why a module does not fit. */
export class Unfit extends Error {}

/** Refuses a module. */
export function unfit(reason: string): never {
  throw new Unfit(reason);
}

/** Runs a converter that refuses by throwing. */
export function fitOf(convertModule: () => { values: readonly Assignment[]; notes?: readonly string[] }): Fit {
  try {
    return convertModule();
  } catch (error) {
    if (error instanceof Unfit) return { not: error.message };
    throw error;
  }
}

/** Reads the tensors of a module by name, and tracks which have been read. */
export class ModuleReader {
  readonly who: string;
  readonly module: PyTorchModule;
  readonly #read = new Set<string>();

  constructor(module: PyTorchModule, who: string) {
    this.module = module;
    this.who = who;
  }

  get(name: string): Tensor {
    const found = this.module.tensors.get(name);
    if (found === undefined) return unfit(`has no ${name}`);
    this.#read.add(name);
    return storedToTensor(found, undefined, this.who);
  }

  /** Marks tensors as read. */
  mark(...names: readonly string[]): void {
    for (const name of names) this.#read.add(name);
  }

  /** Refuses a module with further tensors. */
  finish(): void {
    const left = [...this.module.tensors.keys()].find((name) => !this.#read.has(name));
    if (left !== undefined) unfit(`has an additional ${left}`);
  }
}

/** Returns the value for a weight, in its dtype. Refuses another shape. */
export function valueFor(variable: Variable, value: Tensor, name: string): Assignment {
  if (!sameShape(variable.shape, value.shape)) {
    unfit(`has a ${name} that would be ${showShape(value.shape)}, not ${showShape(variable.shape)}`);
  }
  return [variable, new Tensor(convert(value.data, variable.dtype), variable.shape, variable.dtype)];
}

/** Reorders rows of features from PyTorch's order to Keras's. */
export function ordered(tensor: Tensor, order: FeatureOrder): Tensor {
  if (order === 'unknown') {
    return unfit('has a row for each element of a map that something other than Flatten made a vector of');
  }
  if (order !== null && order.length !== tensor.shape[0])
    unfit(`has ${tensor.shape[0] ?? 0} rows, not ${order.length}`);
  return takeRows(tensor, order);
}

/** The conversion of a kernel's axes to Keras's. */
export type KernelLayout = (weight: Tensor) => Tensor;

const spatial = (weight: Tensor): readonly number[] => weight.shape.slice(2).map((_, i) => i + 2);

/** `[out, in, …k]` → `[…k, in, out]`, and `[in, out, …k]` → `[…k, out, in]`. */
export const convLayout: KernelLayout = (weight) => permute(weight, [...spatial(weight), 1, 0]);

/** `[channels · m, 1, …k]` → `[…k, channels, m]` */
export function depthwiseLayout(channels: number): KernelLayout {
  return (weight) => {
    const [outputs = 0, perGroup, ...window] = weight.shape;
    if (perGroup !== 1 || outputs % channels !== 0) {
      return unfit(`has a weight of ${showShape(weight.shape)}, which is not depthwise over ${channels} channels`);
    }
    return convLayout(permute(reshaped(weight, [channels, outputs / channels, ...window]), [1, 0, ...spatial(weight)]));
  };
}

/** `[out, in]` → `[in, out]`, with both axes in Keras's order of features. */
export function denseLayout(inputs: FeatureOrder, outputs: FeatureOrder): KernelLayout {
  return (weight) => ordered(permute(ordered(weight, outputs), [1, 0]), inputs);
}

/** Converts per-feature or per-axis parameters: the same elements in the shape of the weight. */
export function parameter(variable: Variable, tensor: Tensor, name: string, order: FeatureOrder): Assignment {
  const value = tensor.rank === 1 && variable.shape.length === 1 ? ordered(tensor, order) : tensor;
  return valueFor(variable, value, name);
}
