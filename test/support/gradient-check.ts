import { expect } from 'vitest';
import { gradients } from '../../src/compiler/autodiff/index.ts';
import { isFloat } from '../../src/core/dtype.ts';
import { RandomStream } from '../../src/core/random.ts';
import { sizeOf } from '../../src/core/shape.ts';
import { Tensor, tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/compiler/graph/graph.ts';
import { constant, input } from '../../src/compiler/graph/leaves.ts';
import type { Value } from '../../src/compiler/ir/value.ts';
import { verify } from '../../src/compiler/graph/verify.ts';
import { evaluate } from '../../src/compiler/reference/index.ts';
import { expectClose } from './close.ts';

/** A function on symbolic arrays, such as an op or the call of a layer. */
export type GraphFunction = (inputs: readonly Value[]) => Value;

export interface GradientCheckOptions {
  /** @default 1e-6 */
  readonly rtol?: number;
  /** What is allowed where all of a gradient is zero. @default 1e-9 */
  readonly atol?: number;
  /** The step of the differences, for inputs of size 1. @default 1e-5 */
  readonly step?: number;
  /** Which inputs to check; integers and truth values are never. @default all */
  readonly withRespectTo?: readonly number[];
}

/** Values to be fed with the tensors; floating ones are float64. */
function inputsFor(tensors: readonly Tensor[]): readonly Value[] {
  return tensors.map(({ shape, dtype }, i) => input(`x${i}`, shape, isFloat(dtype) ? 'float64' : dtype));
}

/** What a function of symbolic arrays gives for numbers, computed in float64. */
export function evaluateFunction(fn: GraphFunction, tensors: readonly Tensor[]): Tensor {
  return evaluateAll((inputs) => [fn(inputs)], tensors)[0]!;
}

/** As {@link evaluateFunction}, for a function of several results. */
export function evaluateAll(
  fn: (inputs: readonly Value[]) => readonly Value[],
  tensors: readonly Tensor[],
): readonly Tensor[] {
  const inputs = inputsFor(tensors);
  const graph: Graph = { inputs, outputs: fn(inputs), updates: [] };
  verify(graph, 'the function');
  return evaluate(graph, tensors, { precise: true, random: new RandomStream(1) }).outputs;
}

/** Weights in [0.5, 1.5), so that no part of the output cancels another. */
function seedFor(output: Value): Tensor {
  const random = new RandomStream(7);
  return new Tensor(
    Float64Array.from({ length: sizeOf(output.knownShape) }, () => 0.5 + random.nextUniform()),
    output.knownShape,
  );
}

/**
 * Checks the gradients of Σ weights · fn(inputs) against central differences, in float64. Inputs should lie away from
 * kinks. A gradient that `gradients` gives as null counts as zeros.
 */
export function checkGradient(
  name: string,
  fn: GraphFunction,
  tensors: readonly Tensor[],
  options: GradientCheckOptions = {},
): void {
  const { rtol = 1e-6, atol = 1e-9, step = 1e-5 } = options;
  const inputs = inputsFor(tensors);
  const output = fn(inputs);
  expect(output.dtype, `${name}: the type of the output`).toBe('float64');
  const weights = seedFor(output);
  const checked = (options.withRespectTo ?? tensors.map((_, i) => i)).filter((i) => isFloat(tensors[i]!.dtype));
  const found = gradients(
    output,
    checked.map((i) => inputs[i]!),
    constant(weights),
  );
  const forward: Graph = { inputs, outputs: [output], updates: [] };
  const backward: Graph = { inputs, outputs: found.filter((value) => value !== null), updates: [] };
  verify(backward, `the gradient of ${name}`);
  const actual = [...evaluate(backward, tensors, { precise: true, random: new RandomStream(1) }).outputs];
  const total = (feeds: readonly Tensor[]): number => {
    const [y] = evaluate(forward, feeds, { precise: true, random: new RandomStream(1) }).outputs;
    return Float64Array.from(y!.data, (entry, i) => entry * weights.data[i]!).reduce((sum, entry) => sum + entry, 0);
  };
  for (const [k, i] of checked.entries()) {
    const expected = centralDifferences(total, tensors, i, step);
    const gradient = found[k] === null ? tensor(new Float64Array(expected.length), tensors[i]!.shape) : actual.shift()!;
    expect(gradient.shape, `${name}: the shape of the gradient of input ${i}`).toEqual(tensors[i]!.shape);
    const scale = Math.sqrt(expected.reduce((sum, entry) => sum + entry * entry, 0) / expected.length || 0);
    try {
      expectClose(gradient.data, expected, { rtol, atol: Math.max(atol, rtol * scale) });
    } catch (cause) {
      throw new Error(`${name}, gradient of input ${i}: ${(cause as Error).message}`, { cause });
    }
  }
}

/** Checks the gradients of each gradient of Σ weights · fn(inputs). */
export function checkSecondGradient(
  name: string,
  fn: GraphFunction,
  tensors: readonly Tensor[],
  options: GradientCheckOptions = {},
): void {
  for (const i of tensors.keys()) {
    if (!isFloat(tensors[i]!.dtype)) continue;
    const first: GraphFunction = (inputs) => {
      const output = fn(inputs);
      const [gradient] = gradients(output, [inputs[i]!], constant(seedFor(output)));
      if (gradient === undefined || gradient === null) throw new Error(`${name} has no gradient of input ${i}.`);
      return gradient;
    };
    checkGradient(`${name}, gradient of input ${i}`, first, tensors, options);
  }
}

function centralDifferences(
  f: (tensors: readonly Tensor[]) => number,
  tensors: readonly Tensor[],
  index: number,
  step: number,
): Float64Array {
  const original = tensors[index]!;
  const at = (i: number, value: number): number => {
    const data = Float64Array.from(original.data);
    data[i] = value;
    return f(tensors.with(index, new Tensor(data, original.shape)));
  };
  return Float64Array.from(original.data, (x, i) => {
    const h = step * Math.max(1, Math.abs(x));
    const [above, below] = [x + h, x - h];
    return (at(i, above) - at(i, below)) / (above - below);
  });
}
