import type { DType } from '../../core/dtype.ts';
import type { KnownShape } from '../../core/shape.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';

/** State that files keep. */
export interface SavedVariable {
  /** What it is called within what holds it: `kernel`. */
  readonly name: string;
  /** The names of what holds it and its own: `sequential/dense/kernel`. */
  readonly path: string;
  readonly shape: KnownShape;
  readonly dtype: DType;
  /** A copy of the elements. */
  readonly value: Tensor;
  assign(values: TensorLike): void;
}

/** A thing with state, as files see it: its own variables, and what it holds that has some. */
export interface Saveable {
  readonly name: string;
  /** The name of the class in Keras, after which files name the members of lists. */
  readonly className: string;
  /** In Keras's order: trainable ones, then the others. */
  readonly ownVariables: readonly SavedVariable[];
  /** What it holds, by the names of the attributes in which Keras finds it, in the order of its walk. */
  readonly children: readonly (readonly [attribute: string, child: Saveable | SaveableList])[];
  /** Of an optimizer: makes the slots, if they are not made. A file may lack its state, or have that of another one. */
  readonly makeSlots?: () => void;
}

/** Saveables in a list, a record or a nest of them. */
export type SaveableList = readonly (Saveable | SaveableList)[];

/** A model as the older files see it: its layers by name, whatever they are made of inside. */
export interface LayerwiseModel {
  readonly layers: readonly LayerWeights[];
  /** The model's own weights, those of no layer. */
  readonly ownWeights: readonly SavedVariable[];
}

/** The weights of one layer, those of the layers inside too: first what training changes, then the others. */
export interface LayerWeights {
  readonly name: string;
  readonly weights: readonly SavedVariable[];
}

export function isList(child: Saveable | SaveableList): child is SaveableList {
  return Array.isArray(child);
}
