import { ValueError, show } from '../../../core/errors.ts';
import { sameShape, showShape } from '../../../core/shape.ts';
import { type Tensor, type TensorLike, tensor } from '../../../core/tensor.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { KerasSaveable, type SavedVariable } from '../../saving/keras-saveable.ts';

/** The weights of a layer in the forms of Keras, which all follow from `weights` and `variables`. */
export abstract class LayerState extends KerasSaveable {
  /** `BatchNormalization bn_1`: how errors name the layer. */
  abstract get who(): string;
  /** Whether training changes the weights. */
  abstract get trainable(): boolean;
  /** Whether the weights exist. */
  abstract built: boolean;
  /** All weights: those of this layer, trainable before non-trainable, then those of nested layers. */
  abstract get weights(): readonly Variable[];
  /** The weights of this layer without nested layers: trainable, then non-trainable. */
  abstract get ownWeights(): readonly Variable[];
  /** The weights, and the state of the metrics in the fields of this layer and of nested layers. */
  abstract get variables(): readonly Variable[];

  /** The weights that training changes: none while the layer is frozen. */
  get trainableWeights(): readonly Variable[] {
    return this.trainable ? this.weights.filter((variable) => variable.trainable) : [];
  }

  /** The weights that training does not change: all while the layer is frozen. */
  get nonTrainableWeights(): readonly Variable[] {
    return this.trainable ? this.weights.filter((variable) => !variable.trainable) : this.weights;
  }

  /** The variables that training changes, which are the trainable weights. */
  get trainableVariables(): readonly Variable[] {
    return this.trainableWeights;
  }

  /** The variables that training does not change: the other weights, and the state of metrics. */
  get nonTrainableVariables(): readonly Variable[] {
    const trained = new Set(this.trainableVariables);
    return this.variables.filter((variable) => !trained.has(variable));
  }

  /** The weights of this layer without nested layers, as Keras's files store them. */
  get storedWeights(): readonly SavedVariable[] {
    return this.ownWeights;
  }

  /** Copies of the weights, in the order of `weights`. */
  getWeights(): Tensor[] {
    return this.weights.map((variable) => variable.value);
  }

  /** Replaces the weights. @throws ValueError if the number or a shape does not fit; no weight is changed then. */
  setWeights(values: readonly TensorLike[]): void {
    writeWeights(this.weights, values, this.who);
  }

  /** The number of elements of all weights. @throws ValueError before the layer is built. */
  countParams(): number {
    if (!this.built) {
      throw new ValueError(`[${this.who}] countParams needs a built layer: call it on an input or build([…]) first.`);
    }
    return this.weights.reduce((sum, { size }) => sum + size, 0);
  }
}

/**
 * Replaces the elements of variables. All values are checked before the first is written.
 * @throws ValueError if the number of values or a shape does not fit; nothing has changed then.
 */
function writeWeights(variables: readonly Variable[], values: readonly TensorLike[], who: string): void {
  const given: unknown = values;
  if (!Array.isArray(given)) {
    throw new TypeError(`[${who}] setWeights expects a list of arrays. Received: ${show(given)}.`);
  }
  if (values.length !== variables.length) {
    throw new ValueError(
      `[${who}] setWeights expects ${variables.length} arrays, one for each weight. Received: ${values.length}.`,
    );
  }
  const tensors = values.map((value) => tensor(value));
  for (const [i, variable] of variables.entries()) {
    const next = tensors[i];
    if (next !== undefined && !sameShape(next.shape, variable.shape)) {
      throw new ValueError(
        `[${who}] setWeights expects shape ${showShape(variable.shape)} for weight ${i}, ${variable.path}. Received: shape ${showShape(next.shape)}.`,
      );
    }
  }
  for (const [i, variable] of variables.entries()) {
    const next = tensors[i];
    if (next !== undefined) variable.assign(next);
  }
}
