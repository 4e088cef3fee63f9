import { type Tensor, tensor } from '../../src/core/tensor.ts';
import { sizeOf } from '../../src/core/shape.ts';
import type { Variable } from '../../src/compiler/ir/variable.ts';
import type { Model } from '../../src/keras/models/index.ts';
import type { GoldenArray } from './golden.ts';
import { lcg } from './lcg.ts';

/** The measures of a network that test/golden/make/applications.py records. */
export interface MeasuredNetwork {
  readonly shapes: readonly (readonly number[])[];
  readonly x: { readonly shape: readonly number[]; readonly low: number; readonly high: number };
  /** Moving statistics, by the number of the weight. */
  readonly statistics: Readonly<Record<string, readonly number[]>>;
  readonly y: GoldenArray;
}

/** Sets the weights of a network to those of test/golden/make/applications.py. */
export function fill(model: Model, measured: MeasuredNetwork): void {
  model.setWeights(
    model.weights.map((variable, k) => tensor(valuesOf(variable, k, measured), variable.shape, variable.dtype)),
  );
}

/** The bounds of test/golden/make/applications.py. */
function bounds({ name, shape }: Variable): [number, number] {
  if (name.includes('kernel')) {
    const limit = Math.sqrt(6 / sizeOf(name === 'depthwise_kernel' ? shape.slice(0, 2) : shape.slice(0, -1)));
    return [-limit, limit];
  }
  if (name === 'beta') return [0.3, 0.7];
  return ['bias', 'mean'].includes(name) ? [-0.1, 0.1] : [0.5, 1.5];
}

/** The numbers of the k-th weight of a network. */
export function valuesOf(variable: Variable, k: number, { statistics }: MeasuredNetwork): Float32Array {
  const known = statistics[k];
  if (known !== undefined) return Float32Array.from(known);
  if (variable.name === 'count') return new Float32Array(1);
  return lcg(variable.shape, 1000 + k, ...bounds(variable));
}

/** Two images of 8 times 8 squares. */
export function images({ shape, low, high }: MeasuredNetwork['x']): Tensor {
  const squares = lcg([2, 8, 8, 3], 100, low, high);
  const [, height = 0, width = 0] = shape;
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const [row, column] = [Math.floor(pixel / width) % height, pixel % width];
    const image = Math.floor(pixel / (width * height));
    const square = (image * 8 + Math.floor((row * 8) / height)) * 8 + Math.floor((column * 8) / width);
    return squares[square * 3 + (i % 3)] ?? NaN;
  });
  return tensor(data, shape);
}

/** The largest error, in standard deviations of what is expected; infinite if the shape is another. */
export function errorOf(found: Tensor, expected: GoldenArray): number {
  if (String(found.shape) !== String(expected.shape)) return Infinity;
  const truth = Float64Array.from(expected.data);
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  const variance = truth.reduce((sum, value) => sum + (value - mean) ** 2, 0) / truth.length;
  return Math.max(...Array.from(found.data, (value, i) => Math.abs(value - (truth[i] ?? NaN)))) / Math.sqrt(variance);
}
