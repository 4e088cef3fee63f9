import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import { type DType, convert } from '../../../../src/core/dtype.ts';
import { sizeOf } from '../../../../src/core/shape.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import { constant, input } from '../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import type { GoldenArray, GoldenValue } from '../../../support/golden.ts';
import { lcg } from '../../../support/lcg.ts';

/** An array of a golden file as a tensor of the type it has there. */
export function goldenTensor({ data, dtype, shape }: GoldenArray): Tensor {
  const type: DType = dtype === 'float64' || dtype === 'float32' || dtype === 'bool' ? dtype : 'int32';
  return new Tensor(convert(data, type), shape, type);
}

/** Keras's argument names in camelCase. */
export function camelCase(options: Readonly<Record<string, GoldenValue>>): Record<string, GoldenValue> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}

/** The value of a function at x, and the gradient of Σ dy · value, dy being the golden files' numbers or ones. */
export function valueAndGradient(
  fn: (x: Value) => Value,
  x: Tensor,
  dySeed: number | null = null,
): { value: Tensor; gradient: Tensor } {
  const variable = input('x', x.shape, x.dtype);
  const output = fn(variable);
  const dy = dySeed === null ? new Float64Array(sizeOf(output.knownShape)).fill(1) : lcg(output.knownShape, dySeed);
  const seed = constant(new Tensor(Float64Array.from(dy), output.knownShape));
  const [gradient] = gradients(output, [variable], seed);
  const zero = constant(new Tensor(new Float64Array(x.size), x.shape));
  const graph = { inputs: [variable], outputs: [output, gradient ?? zero], updates: [] };
  const [value, found] = evaluate(graph, [x], { precise: true }).outputs;
  return { value: value!, gradient: found! };
}
