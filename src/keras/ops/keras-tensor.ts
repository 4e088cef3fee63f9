import type { DType } from '../../core/dtype.ts';
import { type Shape, showShape } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Tree } from '../../core/tree.ts';
import type { CallForm } from './call-form.ts';

/** What a symbolic tensor knows of the layer that made it; models narrow it to `Layer`. */
export interface SymbolicSource {
  readonly name: string;
}

/** One call of a layer on symbolic tensors. */
export interface LayerNode {
  /** The layer that was called. */
  readonly layer: SymbolicSource;
  /** Which of the layer's calls: 0 for the first. */
  readonly index: number;
  /** What it was called with. */
  readonly inputs: Tree<KerasTensor>;
  /** What came out. */
  readonly outputs: readonly KerasTensor[];
  /** The mode that the call fixed, if it did. */
  readonly training: boolean | null;
  /** The mask that the call was given, one for each input where there are several; null for those that the inputs carry. */
  readonly mask: CallMask;
  /** How configs write the call down, where that is not the layer's usual way. */
  readonly form: CallForm | null;
}

/** A symbolic mask, or one for each input; null for none. */
export type CallMask = KerasTensor | readonly (KerasTensor | null)[] | null;

/** What belongs to a call besides its inputs. */
export type CallDetails = Partial<Pick<LayerNode, 'training' | 'mask' | 'form'>>;

/**
 * A tensor that a model's description speaks of: a shape, a type and the call it comes from; no elements.
 *
 * @example
 * const inputs = Input({ shape: [28, 28] });
 * inputs.shape;                                 // [null, 28, 28]
 * new layers.Flatten().apply(inputs).shape;     // [null, 784]
 * @see https://keras.io/api/layers/core_layers/input/
 */
export class KerasTensor<Computed = Tensor> {
  /** What it stands for, known to the compiler alone: models tell from it what they predict. */
  declare protected readonly computed: Computed;
  /** The size of each axis; null where it may vary. */
  readonly shape: Shape;
  /** The type of the elements. */
  readonly dtype: DType;
  /** The name of the layer that made it. */
  readonly name: string;
  /** The call that made it. */
  readonly node: LayerNode;
  /** Which of the call's outputs it is. */
  readonly index: number;

  constructor(type: { shape: Shape; dtype: DType }, name: string, node: LayerNode, index: number) {
    this.shape = type.shape;
    this.dtype = type.dtype;
    this.name = name;
    this.node = node;
    this.index = index;
  }

  /** How many axes there are. */
  get rank(): number {
    return this.shape.length;
  }

  /** Shape, type and name, for messages. */
  toString(): string {
    return `KerasTensor(shape=${showShape(this.shape)}, dtype=${this.dtype}, name=${this.name})`;
  }
}

export function isKerasTensor(value: unknown): value is KerasTensor {
  return value instanceof KerasTensor;
}
