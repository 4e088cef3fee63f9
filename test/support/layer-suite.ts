import { resetNames } from 'evenkeel';
import { beforeEach, describe, expect, test } from 'vitest';
import { gradients } from '../../src/compiler/autodiff/index.ts';
import { Tensor } from '../../src/core/tensor.ts';
import { isFloat } from '../../src/core/dtype.ts';
import { flatten } from '../../src/core/tree.ts';
import type { Graph } from '../../src/compiler/graph/graph.ts';
import { constant, initialState, input } from '../../src/compiler/graph/leaves.ts';
import { Trace } from '../../src/compiler/graph/trace.ts';
import { Value } from '../../src/compiler/ir/value.ts';
import type { Layer } from '../../src/keras/layers/index.ts';
import { multiply, subtract } from '../../src/keras/ops/index.ts';
import { Program } from '../../src/compiler/program/index.ts';
import { evaluate } from '../../src/compiler/reference/index.ts';
import { expectClose } from './close.ts';
import type { LayerContract } from './layer-contract.ts';
import { coreContracts } from './layer-contracts/core.ts';
import { familiesContracts } from './layer-contracts/families.ts';
import { mergingContracts } from './layer-contracts/merging.ts';
import { normalizationContracts } from './layer-contracts/normalization.ts';
import { lcg } from './lcg.ts';

interface Case {
  readonly make: () => Layer;
  readonly shapes: readonly (readonly number[])[];
}

/** The first case of each class. */
const cases = new Map<string, Case>();
const contracts: readonly LayerContract[] = [coreContracts, familiesContracts, normalizationContracts].flatMap(
  (table) => Object.values(table),
);
for (const { make, inputShape } of contracts) {
  const { className } = make({});
  if (!cases.has(className)) cases.set(className, { make: () => make({}), shapes: [inputShape] });
}
for (const [name, { make, inputShapes }] of Object.entries(mergingContracts)) {
  cases.set(name, { make: () => make({}), shapes: inputShapes });
}

/** Layers with random numbers in training, which the engine and the reference draw differently. */
const RANDOM = /Dropout|Noise|StochasticDepth/;
/** Inputs that are indices and have no gradient. */
const INDICES = ['Embedding'];
/** Layers of which the gradient of a bias is zero, so that only rounding errors remain in it. */
const CANCELING = ['MultiHeadAttention', 'GroupQueryAttention'];

const isValue = (value: unknown): value is Value => value instanceof Value;
const numbers = (shape: readonly number[], seed: number): Tensor => new Tensor(lcg(shape, seed, 0.1, 0.9), shape);

/** Runs a call in training, its gradients, and a step of gradient descent. */
function stepGraph(layer: Layer, { shapes }: Case, name: string): Graph {
  const inputs = shapes.map((shape, i) => input(`x${i}`, shape, 'float32'));
  const trace = new Trace();
  for (const value of inputs) trace.adopt(value);
  const given = inputs.length === 1 ? inputs[0]! : inputs;
  const output = flatten(layer.applyIn(trace, given, !RANDOM.test(name), null), isValue)[0]!;
  const trainable = layer.trainableWeights;
  const targets = [...(INDICES.includes(name) ? [] : inputs), ...trainable.map(initialState)];
  const found = isFloat(output.dtype) ? gradients(output, targets, constant(numbers(output.knownShape, 2))) : [];
  const updates = trainable.map((variable, i) => {
    const gradient = found.at(found.length - trainable.length + i)!;
    return { variable, value: subtract(initialState(variable), multiply(gradient, 0.125)) };
  });
  return {
    inputs,
    outputs: [output, ...found.filter((value) => value !== null)],
    updates: [...trace.updates, ...updates],
  };
}

/** The layers, in training, with their gradients and a step of gradient descent, are what the reference computes. */
export function layerSuite(): void {
  beforeEach(() => {
    resetNames();
  });

  describe('each layer computes the results of the reference on this engine', () => {
    test.each([...cases])('%s', async (name, one) => {
      const layer = one.make();
      layer.build(one.shapes.length === 1 ? one.shapes[0]! : one.shapes);
      layer.setWeights(layer.weights.map(({ shape }, i) => numbers(shape, 50 + i)));
      const feeds = one.shapes.map((shape, i) => numbers(shape, 7 + i));
      const graph = stepGraph(layer, one, name);
      const expected = evaluate(graph, feeds);
      const actual = await new Program(graph).run(feeds);
      const tolerance = { rtol: 1e-5, ...(CANCELING.includes(name) && { atol: 1e-5 }) };
      expect(actual).toHaveLength(expected.outputs.length);
      for (const [i, output] of expected.outputs.entries()) {
        expect(actual[i]!.shape).toEqual(output.shape);
        expectClose(actual[i]!.data, output.data, tolerance);
      }
      expect(layer.trainableWeights.every((variable) => expected.updates.has(variable))).toBe(true);
      for (const [variable, value] of expected.updates) expectClose(variable.value.data, value.data, tolerance);
    });
  });
}
