import type { DType } from '../../core/dtype.ts';
import { SHOWN } from '../../core/errors.ts';
import { type KnownShape, type Shape, known, showShape } from '../../core/shape.ts';
import type { AttributesWith, PrimitiveName } from './primitives.ts';

/** The shape and type of a value. */
export interface ValueType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** The attributes of each primitive. */
export type PrimitiveAttributes = AttributesWith<Body>;

/** One application of a primitive. Made by `createNode`, which infers the types of the results. */
export interface Node<P extends PrimitiveName = PrimitiveName> {
  readonly primitive: P;
  readonly inputs: readonly Value[];
  readonly attributes: PrimitiveAttributes[P];
  readonly outputs: readonly Value[];
  /** The number of nodes made before this one: nodes of a branch are those made while it is traced. */
  readonly serial: number;
  /** The name of the layer that made the node, for error messages and profiles. Set once, by the caller of the ops. */
  scope: string | null;
  /** Whether engines with half precision compute the node in it, as the layer's policy says. Set with the scope. */
  isHalf: boolean;
}

/**
 * A symbolic array: one result of one node. It refers to its node, not to its users.
 *
 * Functions passed to `jit`, and the `call` of layers, work on such values: they have a shape and a dtype, but no
 * elements until the program runs. `evaluate` computes a value that depends on arrays and variables alone.
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
  /** The index among the results of the node. */
  readonly index: number;
  /** The size of each axis; null where it is not yet known. */
  readonly shape: Shape;
  /** The dtype of the elements. */
  readonly dtype: DType;

  /** Nothing: tracking does not search graphs. */
  get trackedState(): readonly never[] {
    return [];
  }

  static {
    Object.defineProperties(Value.prototype, {
      [SHOWN]: {
        get(this: Value): string {
          return `${this.toString()} without elements (await evaluate(value) computes them)`;
        },
      },
      [Symbol.for('nodejs.util.inspect.custom')]: {
        value(this: Value): string {
          return `${this.toString()} { ${this.node.primitive}, not computed; await evaluate(value) returns its elements }`;
        },
      },
    });
  }

  constructor(node: Node, index: number, type: ValueType) {
    this.node = node;
    this.index = index;
    this.shape = type.shape;
    this.dtype = type.dtype;
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Shape and type, for messages. */
  toString(): string {
    return `Value(shape=${showShape(this.shape)}, dtype=${this.dtype})`;
  }

  /** The shape, when every size is known. @throws InternalError otherwise */
  get knownShape(): KnownShape {
    return known(this.shape);
  }
}

/**
 * A graph inside of a node, such as one step of a `scan`. It uses its inputs and constants alone, and has no state of its own:
 * what it reads of the graph around it are operands of the node.
 */
export class Body {
  /** Results of `input` nodes. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** None: the state of variables leaves a body through its outputs. */
  readonly updates: readonly never[] = [];

  constructor(inputs: readonly Value[], outputs: readonly Value[]) {
    this.inputs = inputs;
    this.outputs = outputs;
  }
}

/** Whether a node applies a primitive; narrows the type of its attributes. */
export function isNode<P extends PrimitiveName>(node: Node, primitive: P): node is Node<P> {
  return node.primitive === primitive;
}

/** Whether something is a value of a graph. */
export const isValue = (value: unknown): value is Value => value instanceof Value;
