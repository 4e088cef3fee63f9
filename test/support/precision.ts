import { gradients } from '../../src/autodiff/index.ts';
import { Tensor } from '../../src/core/tensor.ts';
import { initialState, input } from '../../src/graph/leaves.ts';
import { Trace } from '../../src/graph/trace.ts';
import { BatchNormalization } from '../../src/layers/normalization/batch-normalization.ts';
import { multiply, sum } from '../../src/ops/index.ts';
import { Program } from '../../src/program/index.ts';
import { lcg } from './lcg.ts';

export interface ErrorSize {
  /** max |a − t| / rms(t) */
  readonly max: number;
  /** rms(a − t) / rms(t) */
  readonly rms: number;
}

export type Quantity = 'output' | 'dx' | 'dgamma' | 'dbeta';

/** One input of the golden file, and how far other libraries are from the truth on it. */
export interface PrecisionCase {
  readonly name: string;
  readonly mean: number;
  readonly deviation: number;
  readonly epsilon: number;
  readonly shape: readonly number[];
  readonly seed: number;
  readonly gammaSeed: number;
  readonly betaSeed: number;
  readonly gradientSeed: number;
  readonly errors: Readonly<Record<string, Readonly<Record<Quantity, ErrorSize | null>>>>;
}

interface Problem {
  readonly x: Float32Array;
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly dy: Float32Array;
}

/** The input exactly as the golden script made it. */
export function makeProblem({ shape, mean, deviation, ...seeds }: PrecisionCase): Problem {
  const channels = shape.at(-1)!;
  const uniform = lcg(shape, seeds.seed);
  return {
    x: Float32Array.from(uniform, (u) => mean + deviation * 1.7320508075688772 * u),
    gamma: Float32Array.from(lcg([channels], seeds.gammaSeed, 0.5, 1.5)),
    beta: Float32Array.from(lcg([channels], seeds.betaSeed, -0.5, 0.5)),
    dy: Float32Array.from(lcg(shape, seeds.gradientSeed)),
  };
}

/** Batch normalization and its gradients by the closed formulas, in float64 and two passes. */
export function truth({ x, gamma, beta, dy }: Problem, epsilon: number): Record<Quantity, Float64Array> {
  const channels = gamma.length;
  const count = x.length / channels;
  const perChannel = (term: (i: number, c: number) => number): Float64Array => {
    const sums = new Float64Array(channels);
    for (let i = 0; i < x.length; i++) sums[i % channels]! += term(i, i % channels);
    return sums;
  };
  const mean = perChannel((i) => x[i]!).map((entry) => entry / count);
  const variance = perChannel((i, c) => (x[i]! - mean[c]!) ** 2).map((entry) => entry / count);
  const inverse = variance.map((entry) => 1 / Math.sqrt(entry + epsilon));
  const hat = Float64Array.from(x, (entry, i) => (entry - mean[i % channels]!) * inverse[i % channels]!);
  const dbeta = perChannel((i) => dy[i]!);
  const dgamma = perChannel((i) => dy[i]! * hat[i]!);
  const dx = Float64Array.from(dy, (entry, i) => {
    const c = i % channels;
    const scale = (gamma[c]! * inverse[c]!) / count;
    return scale * (count * entry - dbeta[c]! - hat[i]! * dgamma[c]!);
  });
  const output = hat.map((entry, i) => entry * gamma[i % channels]! + beta[i % channels]!);
  return { output, dx, dgamma, dbeta };
}

/** What the engine computes for the same, in float32. */
export async function measure(golden: PrecisionCase): Promise<Record<Quantity, ErrorSize>> {
  const problem = makeProblem(golden);
  const layer = new BatchNormalization({ epsilon: golden.epsilon, momentum: 0 });
  layer.build(golden.shape);
  layer.setWeights([problem.gamma, problem.beta, new Float32Array(16), new Float32Array(16).fill(1)]);
  const [x, dy] = [new Tensor(problem.x, golden.shape), new Tensor(problem.dy, golden.shape)];
  const inputs = [input('x', x.shape, x.dtype), input('dy', dy.shape, dy.dtype)] as const;
  const trace = new Trace();
  for (const value of inputs) trace.adopt(value);
  const y = layer.apply(inputs[0], { training: true });
  const parameters = [layer.gamma!, layer.beta!].map(initialState);
  const found = gradients(sum(multiply(y, inputs[1])), [inputs[0], ...parameters]);
  const graph = { inputs, outputs: [y, ...found.map((value) => value!)], updates: trace.updates };
  const outputs = await new Program(graph).run([x, dy]);
  const exact = truth(problem, golden.epsilon);
  const quantities: readonly Quantity[] = ['output', 'dx', 'dgamma', 'dbeta'];
  const sizes = quantities.map((quantity, i) => [quantity, errorSize(outputs[i]!.data, exact[quantity])] as const);
  return Object.fromEntries(sizes) as Record<Quantity, ErrorSize>;
}

function errorSize(actual: ArrayLike<number>, expected: Float64Array): ErrorSize {
  let [largest, squares, reference] = [0, 0, 0];
  for (const [i, t] of expected.entries()) {
    const error = Math.abs(actual[i]! - t);
    largest = Math.max(largest, error);
    squares += error * error;
    reference += t * t;
  }
  const rms = Math.sqrt(reference / expected.length);
  return { max: largest / rms, rms: Math.sqrt(squares / expected.length) / rms };
}

/** The smallest error that another library makes. */
export function best(golden: PrecisionCase, quantity: Quantity): ErrorSize {
  const sizes = Object.values(golden.errors).flatMap((errors) => errors[quantity] ?? []);
  return { max: Math.min(...sizes.map(({ max }) => max)), rms: Math.min(...sizes.map(({ rms }) => rms)) };
}
