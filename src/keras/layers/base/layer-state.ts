import { ValueError } from '../../../core/errors.ts';
import { sameShape, showShape } from '../../../core/shape.ts';
import { type Tensor, type TensorLike, tensor } from '../../../core/tensor.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';

/** Copies of the elements of variables, in order. */
export function readWeights(variables: readonly Variable[]): Tensor[] {
  return variables.map((variable) => variable.value);
}

/**
 * Replaces the elements of variables. All values are checked before the first is written.
 * @throws ValueError if the number of values or a shape does not fit; nothing has changed then.
 */
export function writeWeights(variables: readonly Variable[], values: readonly TensorLike[], who: string): void {
  if (values.length !== variables.length) {
    throw new ValueError(
      `[${who}] setWeights expects ${variables.length} arrays, one for each weight. Received: ${values.length}.`,
    );
  }
  const tensors = values.map((value) => tensor(value));
  for (const [i, variable] of variables.entries()) {
    const given = tensors[i];
    if (given !== undefined && !sameShape(given.shape, variable.shape)) {
      throw new ValueError(
        `[${who}] setWeights expects shape ${showShape(variable.shape)} for weight ${i}, ${variable.path}. Received: shape ${showShape(given.shape)}.`,
      );
    }
  }
  for (const [i, variable] of variables.entries()) {
    const given = tensors[i];
    if (given !== undefined) variable.assign(given);
  }
}

/** The number of elements of all variables together. */
export function countElements(variables: readonly Variable[]): number {
  return variables.reduce((sum, variable) => sum + variable.size, 0);
}
