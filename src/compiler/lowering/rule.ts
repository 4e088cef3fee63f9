import { InternalError } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import type { PrimitiveAttributes, PrimitiveName } from '../graph/primitives.ts';
import type { Node, Value } from '../graph/value.ts';
import type { Builder } from './builder.ts';
import type { Target } from './target.ts';

/** What a rule works with. */
export interface LowerContext<P extends PrimitiveName> {
  readonly builder: Builder;
  readonly target: Target;
  readonly node: Node<P>;
  readonly attributes: PrimitiveAttributes[P];
  /** The names of the operands. */
  readonly inputs: readonly string[];
  /** The nodes that use an output of this one. */
  readonly users: readonly Node[];
  /** Names that one rule leaves for another, such as the indices that a pooling found on the way. */
  readonly sideOutputs: Map<Value, string>;
  /** What a convolution is to end with; null for every other node. */
  readonly epilogue: { readonly bias: string; readonly relu: boolean } | null;
}

/** Appends what a primitive becomes and returns the names of its outputs. */
export type LowerRule<P extends PrimitiveName> = (context: LowerContext<P>) => readonly string[];

/** The rules for a family of primitives. */
export type LowerRules<P extends PrimitiveName> = { readonly [K in P]: LowerRule<K> };

/** The i-th operand of the node being lowered: its name. */
export function operand(context: LowerContext<PrimitiveName>, i: number): string {
  const name = context.inputs[i];
  if (name === undefined) throw new InternalError(`${context.node.primitive} has no operand ${i}.`);
  return name;
}

/** The i-th operand of the node being lowered: its type. */
export function operandType(context: LowerContext<PrimitiveName>, i: number): Value {
  const value = context.node.inputs[i];
  if (value === undefined) throw new InternalError(`${context.node.primitive} has no operand ${i}.`);
  return value;
}

/** The type of the only, or the first, output. */
export function outputType(context: LowerContext<PrimitiveName>): Value {
  const [value] = context.node.outputs;
  if (value === undefined) throw new InternalError(`${context.node.primitive} has no output.`);
  return value;
}

/** A size that programs, whose shapes are known, always have. */
export function size(shape: Shape, axis: number): number {
  const found = shape.at(axis);
  if (found === null || found === undefined)
    throw new InternalError(`axis ${axis} of ${shape.join(', ')} is not known.`);
  return found;
}
