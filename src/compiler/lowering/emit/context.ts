import type { DType } from '../../../core/dtype.ts';
import { InternalError } from '../../../core/errors.ts';
import type { RandomStream } from '../../../core/random.ts';
import type { KnownShape, Shape } from '../../../core/shape.ts';
import type { Operands, PrimitiveName, Results } from '../../ir/primitives.ts';
import type { Body, Node, PrimitiveAttributes, Value } from '../../ir/value.ts';
import type { OnnxGraph } from '../../onnx/index.ts';
import type { Variable } from '../../ir/variable.ts';
import type { Builder } from './builder.ts';
import type { Target } from './target.ts';

/** The state that helpers need to append nodes. */
export interface EmitContext {
  readonly builder: Builder;
  readonly target: Target;
}

/** The input of a lowering rule. */
export interface LowerContext<P extends PrimitiveName> extends EmitContext {
  readonly attributes: PrimitiveAttributes[P];
  /** The names of the operands. */
  readonly inputs: Operands<P, string>;
  /** The name of a value that has been lowered: an operand, or what it was computed from. */
  readonly nameOf: (value: Value) => string;
  /** The operands, for their types. */
  readonly operands: Operands<P, Value>;
  /** The results, for their types. */
  readonly results: Results<P, Value>;
  /** The nodes that use a result. */
  readonly users: readonly Node[];
  /** The sources of the program's inputs other than the caller's: leaves add to them. */
  readonly feeds: Feeds;
  /** Names that one rule leaves for another, such as the indices that a pooling found along with its maxima. */
  readonly sideOutputs: Map<Value, string>;
  /** The operations to append to a convolution; null for every other node. */
  readonly epilogue: EmittedEpilogue | null;
  /** Lowers the body of a node; the values in place of some of its inputs are named, the others become inputs of the ONNX graph. */
  readonly lowerBody: (body: Body, given: ReadonlyMap<Value, string>) => OnnxGraph;
}

/** The operations after a node that are computed with it, in this order. */
export interface EmittedEpilogue {
  /** One number per channel, by name. */
  readonly bias?: string;
  /** A value of the shape of the result, by name; only in the blocked layout. */
  readonly sum?: string;
  readonly relu: boolean;
}

/** Inputs of the model that the program feeds itself. */
export interface Feeds {
  readonly variables: { readonly name: string; readonly variable: Variable }[];
  readonly randoms: {
    readonly name: string;
    readonly stream: RandomStream;
    readonly shape: KnownShape;
    readonly dtype: DType;
  }[];
}

/** The size of an axis, which is known in a program. */
export function sizeOfAxis(shape: Shape, axis: number): number {
  const found = shape.at(axis);
  if (found === null || found === undefined) {
    throw new InternalError(`the size of axis ${axis} of [${shape.join(', ')}] is not known.`);
  }
  return found;
}
