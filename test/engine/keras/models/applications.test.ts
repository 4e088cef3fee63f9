import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Model, type Tensor, tensor } from 'evenkeel';
import type { Config } from 'evenkeel';
import type { Variable } from '../../../../src/compiler/ir/variable.ts';
import { describe, expect, test } from 'vitest';
import { foldBatchNormalization } from '../../../../src/tools/normalization/index.ts';
import { type GoldenArray, parseGolden } from '../../../support/golden.ts';
import { lcg } from '../../../support/lcg.ts';

interface Case {
  readonly name: string;
  readonly network: { readonly config: Config };
  readonly shapes: readonly (readonly number[])[];
  readonly x: { readonly shape: readonly number[]; readonly low: number; readonly high: number };
  /** Moving statistics, by the number of the weight. */
  readonly statistics: Readonly<Record<string, readonly number[]>>;
  readonly y: GoldenArray;
}

const file = new URL('../../../golden/applications.json.gz', import.meta.url);
const { cases } = parseGolden<Case>(gunzipSync(readFileSync(file)).toString(), 'applications');

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The bounds of test/golden/make/applications.py. */
function bounds({ name, shape }: Variable): [number, number] {
  if (name.includes('kernel')) {
    const limit = Math.sqrt(6 / sizeOf(name === 'depthwise_kernel' ? shape.slice(0, 2) : shape.slice(0, -1)));
    return [-limit, limit];
  }
  if (name === 'beta') return [0.3, 0.7];
  return ['bias', 'mean'].includes(name) ? [-0.1, 0.1] : [0.5, 1.5];
}

function weightOf(variable: Variable, k: number, statistics: Case['statistics']): Tensor {
  const { name, shape, dtype } = variable;
  const known = statistics[k];
  if (known !== undefined) return tensor(Float32Array.from(known), shape);
  if (name === 'count') return tensor(new Float32Array(1), shape, dtype);
  return tensor(lcg(shape, 1000 + k, ...bounds(variable)), shape);
}

/** Two images of 8 times 8 squares. */
function images({ shape, low, high }: Case['x']): Tensor {
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

/** The largest error, in deviations of what is expected. */
function errorOf(found: Tensor, expected: GoldenArray): number {
  expect(found.shape).toEqual(expected.shape);
  const truth = Float64Array.from(expected.data);
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  const variance = truth.reduce((sum, value) => sum + (value - mean) ** 2, 0) / truth.length;
  return Math.max(...Array.from(found.data, (value, i) => Math.abs(value - (truth[i] ?? NaN)))) / Math.sqrt(variance);
}

/** A config as the older files of Keras 3 have it: layers and operations without modules. */
function withoutModules(config: Config): Config {
  const { layers, ...rest } = config as Config & { readonly layers: readonly Config[] };
  return { ...rest, layers: layers.map(({ module: _module, registered_name: _name, ...entry }) => entry) };
}

describe('the networks of keras.applications', () => {
  test.each(cases)('$name predicts as in Keras', async ({ network, shapes, statistics, x, y }) => {
    const model = Model.fromConfig(network.config);
    expect(model.weights.map(({ shape }) => shape)).toEqual(shapes);
    model.setWeights(model.weights.map((variable, k) => weightOf(variable, k, statistics)));
    const input = images(x);
    const folded = foldBatchNormalization(model);
    expect(errorOf(await folded.predict(input, { verbose: 0 }), y)).toBeLessThan(1e-4);
    const { merged, left } = folded.foldReport;
    expect(`${merged.length} merged, ${left.length} left`).toMatchSnapshot();
    // Weights are inputs of the program for one batch, and constants, folded into each other, in that for several.
    for (const batchSize of [2, 1]) {
      const found = await model.predict(input, { batchSize, verbose: 0 });
      expect(errorOf(found, y)).toBeLessThan(1e-4);
    }
  });

  test.each(cases)('$name: the config is Keras’s', ({ network }) => {
    expect(Model.fromConfig(network.config).getConfig()).toEqual(network.config);
  });

  test.each(cases)('$name: a config of Keras 2, without modules, is read', ({ network }) => {
    expect(Model.fromConfig(withoutModules(network.config)).getConfig()).toEqual(network.config);
  });
});
