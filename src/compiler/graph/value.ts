import type { DType } from '../../core/dtype.ts';
import { type KnownShape, type Shape, known } from '../../core/shape.ts';
import type { PrimitiveAttributes, PrimitiveName } from './primitives.ts';

/** The shape and type of a value. */
export interface ValueType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** One application of a primitive. Made by `createNode`, which infers the types of the outputs. */
export interface Node<P extends PrimitiveName = PrimitiveName> {
  readonly primitive: P;
  readonly inputs: readonly Value[];
  readonly attributes: PrimitiveAttributes[P];
  readonly outputs: readonly Value[];
  /** Which layer made it; what the engine's errors and profiles say. Set once, by whoever called the ops. */
  scope: string | null;
}

/**
 * A symbolic array: one output of one node. It knows its producer and nothing else.
 *
 * Functions given to `jit`, and the `call` of layers, are written with such values: they have a shape and a type, and no
 * elements until the program runs.
 *
 * @example
 * await jit((x) => {
 *   console.log(x.shape, x.dtype);   // [2, 3] float32
 *   return ops.sum(x, { axis: -1 });
 * })([[1, 2, 3], [4, 5, 6]]);   // [6, 15]
 * @see https://docs.jax.dev/en/latest/tracing.html
 */
export class Value implements ValueType {
  /** The node that computes it. */
  readonly node: Node;
  /** Which output of the node this is. */
  readonly index: number;
  /** The size of each axis; null where it is not known yet. */
  readonly shape: Shape;
  /** The type of the elements. */
  readonly dtype: DType;

  constructor(node: Node, index: number, type: ValueType) {
    this.node = node;
    this.index = index;
    this.shape = type.shape;
    this.dtype = type.dtype;
  }

  /** How many axes there are. */
  get rank(): number {
    return this.shape.length;
  }

  /** The shape of a value in a program, where every size is known. */
  get knownShape(): KnownShape {
    return known(this.shape);
  }
}

/** Whether a node applies this primitive; narrows its attributes. */
export function isNode<P extends PrimitiveName>(node: Node, primitive: P): node is Node<P> {
  return node.primitive === primitive;
}
