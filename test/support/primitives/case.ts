import type { DType } from '../../../src/core/dtype.ts';
import { type NestedArray, Tensor, tensor } from '../../../src/core/tensor.ts';
import { input } from '../../../src/compiler/graph/leaves.ts';
import { createNode } from '../../../src/compiler/graph/node.ts';
import type { PrimitiveName } from '../../../src/compiler/ir/primitives.ts';
import type { PrimitiveAttributes } from '../../../src/compiler/ir/value.ts';
import { verify } from '../../../src/compiler/graph/verify.ts';
import { evaluate } from '../../../src/compiler/reference/index.ts';

/** A primitive applied to tensors, and the expected results, by hand or by a closed form. */
export interface PrimitiveCase<Attributes> {
  readonly about: string;
  readonly attributes: Attributes;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

export type PrimitiveCases<P extends PrimitiveName> = {
  readonly [K in P]: readonly PrimitiveCase<PrimitiveAttributes[K]>[];
};

export const float = (values: NestedArray): Tensor => tensor(values, undefined, 'float64');
export const int = (values: NestedArray): Tensor => tensor(values, undefined, 'int32');
export const bool = (values: NestedArray): Tensor => tensor(values, undefined, 'bool');
export const bytes = (values: NestedArray): Tensor => tensor(values, undefined, 'uint8');
export const empty = (shape: readonly number[], dtype: DType = 'float64'): Tensor =>
  tensor([], [0], dtype).reshape(shape);

/** A tensor of 0, 1, 2, … of a shape. */
export function range(shape: readonly number[], from = 0): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  return new Tensor(
    Float64Array.from({ length: size }, (_, i) => from + i),
    shape,
  );
}

/** Returns the results of one primitive, computed by the reference. */
export function runPrimitive<P extends PrimitiveName>(
  primitive: P,
  tensors: readonly Tensor[],
  attributes: PrimitiveAttributes[P],
): readonly Tensor[] {
  const inputs = tensors.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
  const graph = { inputs, outputs: createNode(primitive, inputs, attributes), updates: [] };
  verify(graph, 'making one node');
  return evaluate(graph, tensors).outputs;
}
