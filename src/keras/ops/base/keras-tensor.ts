import type { DType } from '../../../core/dtype.ts';
import { escapeLine } from '../../../core/escape.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';
import type { NamedArguments, SymbolicArguments } from './symbolic-arguments.ts';

/** A layer or an operation: the part of it that the graph of a model relies on. */
export interface Callable {
  readonly name: string;
  /** The name of the class in configs. */
  readonly className: string;
  /** Class and name, for error messages. */
  readonly who: string;
  /** The symbolic calls so far. */
  readonly inboundNodes: readonly Node[];
  /** Whether calls accept strings, which graphs do not have. @default false */
  readonly acceptsStrings?: boolean;
}

/** The type of a symbolic tensor. */
export interface SymbolicType {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Whether the elements are strings; the dtype then means nothing. @default false */
  readonly isString?: boolean;
}

/** One call of a layer or an operation on symbolic tensors. */
export interface Node {
  /** The layer or operation that was called. */
  readonly operation: Callable;
  /** The number of earlier calls of the same layer. */
  readonly index: number;
  /** The symbolic tensors of the call. */
  readonly inputs: Tree<KerasTensor>;
  /** The symbolic tensors that the call returned. */
  readonly outputs: readonly KerasTensor[];
  /** The same tensors in the structure that the call returned. */
  readonly result: Tree<KerasTensor>;
  /** The mode that the call fixed; null if it fixed none. */
  readonly training: boolean | null;
  /** The mask that was passed to the call, one for each input if there are several; null for masks that inputs carry. */
  readonly mask: CallMask<KerasTensor>;
  /** The further options of the call, by name: symbolic tensors, and JSON. */
  readonly options: NamedArguments;
  /** The arguments as configs record them; null for a call of a layer in the usual form. */
  readonly arguments: SymbolicArguments | null;
}

/** A mask, or one for each input; null for none. */
export type CallMask<Mask> = Mask | readonly (Mask | null)[] | null;

/** The properties of a call other than its inputs. */
export type CallDetails = Partial<Pick<Node, 'training' | 'mask' | 'options' | 'arguments'>>;

/**
 * A symbolic tensor of a model: a shape, a type and the call that returned it, without elements.
 *
 * @example
 * const inputs = Input({ shape: [28, 28] });
 * inputs.shape;                                 // [null, 28, 28]
 * new layers.Flatten().apply(inputs).shape;     // [null, 784]
 * @see https://keras.io/api/layers/core_layers/input/
 */
export class KerasTensor<Computed = Tensor> {
  /** The type of the computed value, for the compiler alone: the result type of `predict` follows from it. */
  declare protected readonly computed: Computed;
  /** The size of each axis; null where it may vary. */
  readonly shape: Shape;
  /** The type of the elements. */
  readonly dtype: DType;
  /** Whether the elements are strings, which layers such as TextVectorization replace by numbers; the dtype then means nothing. */
  readonly isString: boolean;
  /** The name of the layer that returned it. */
  readonly name: string;
  /** The call that returned it. */
  readonly node: Node;
  /** The index among the outputs of the call. */
  readonly index: number;

  /** Nothing: tracking does not search the calls of other layers. */
  get trackedState(): readonly never[] {
    return [];
  }

  constructor(type: SymbolicType, name: string, node: Node, index: number) {
    this.shape = type.shape;
    this.dtype = type.dtype;
    this.isString = type.isString ?? false;
    this.name = name;
    this.node = node;
    this.index = index;
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** The name of the type of the elements in configs. */
  get typeName(): string {
    return this.isString ? 'string' : this.dtype;
  }

  /** Shape, type and name, for messages. */
  toString(): string {
    return `KerasTensor(shape=${showShape(this.shape)}, dtype=${this.typeName}, name=${escapeLine(this.name)})`;
  }
}

export function isKerasTensor(value: unknown): value is KerasTensor {
  return value instanceof KerasTensor;
}
