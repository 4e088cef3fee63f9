import { describe, expect, test } from 'vitest';
import {
  Input,
  type KerasTensor,
  type Layer,
  Model,
  Sequential,
  Tensor,
  setRandomSeed,
} from '../../../../src/index.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { findTarget } from '../../../../src/compiler/lowering/emit/target.ts';
import { lower } from '../../../../src/compiler/lowering/lower.ts';
import { optimize } from '../../../../src/compiler/passes/index.ts';
import { Program } from '../../../../src/compiler/program/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import { loadRuntime } from '../../../../src/compiler/runtime/index.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { expectClose } from '../../../support/close.ts';
import { lcg } from '../../../support/lcg.ts';

const numbers = (shape: readonly number[], seed = 1): Tensor => new Tensor(lcg(shape, seed, -1, 1), shape);

/** Runs a layer on the engine, compares it with the reference, and returns the operators of ONNX. */
async function operatorsOfLayer(layer: Layer, ...shapes: readonly (readonly number[])[]): Promise<readonly string[]> {
  setRandomSeed(3);
  const feeds = shapes.map((shape, i) => numbers(shape, i + 1));
  layer.build(shapes[0]!);
  layer.setWeights(layer.weights.map(({ shape }, i) => numbers(shape, 50 + i)));
  const trace = new Trace();
  const inputs = feeds.map(({ shape }, i) => input(`x${i}`, shape, 'float32'));
  const [x, ...states] = inputs;
  const found = layer.applyIn(trace, states.length === 0 ? x! : [x!, ...states], false, null);
  const outputs = [found].flat() as Value[];
  const graph = { inputs, outputs, updates: [] };
  const expected = evaluate(graph, feeds).outputs;
  for (const [i, output] of (await new Program(graph).run(feeds)).entries()) {
    expectClose(output.data, expected[i]!.data, { rtol: 1e-5 });
  }
  const target = await findTarget(await loadRuntime());
  const { nodes } = lower(optimize(graph), { ...target, hasConstantWeights: false }).model.graph;
  return nodes.map(({ opType }) => opType);
}

const X = [3, 5, 4];

describe('a recurrent layer is one operator of the engine', () => {
  test.for<[what: string, operator: string, layer: () => Layer, states: number]>([
    ['an LSTM', 'LSTM', () => new layers.LSTM(6), 0],
    ['an LSTM of all steps', 'LSTM', () => new layers.LSTM(6, { returnSequences: true }), 0],
    ['an LSTM backwards', 'LSTM', () => new layers.LSTM(6, { returnSequences: true, goBackwards: true }), 0],
    ['an LSTM without bias', 'LSTM', () => new layers.LSTM(6, { useBias: false }), 0],
    ['an LSTM with its states', 'LSTM', () => new layers.LSTM(6, { returnState: true, returnSequences: true }), 2],
    ['a GRU', 'GRU', () => new layers.GRU(6), 0],
    ['a GRU of all steps', 'GRU', () => new layers.GRU(6, { returnSequences: true }), 0],
    ['a GRU backwards', 'GRU', () => new layers.GRU(6, { returnSequences: true, goBackwards: true }), 0],
    ['a GRU without bias', 'GRU', () => new layers.GRU(6, { useBias: false }), 0],
    ['a GRU with its state', 'GRU', () => new layers.GRU(6, { returnState: true }), 1],
    ['a simple layer', 'RNN', () => new layers.SimpleRNN(6), 0],
    ['a simple layer of all steps', 'RNN', () => new layers.SimpleRNN(6, { returnSequences: true }), 0],
    ['a simple layer without bias', 'RNN', () => new layers.SimpleRNN(6, { useBias: false, goBackwards: true }), 0],
  ])('%s', async ([, operator, layer, states]) => {
    const operators = await operatorsOfLayer(layer(), X, ...Array.from({ length: states }, () => [3, 6]));
    expect(operators).toContain(operator);
    expect(operators).not.toContain('Scan');
  });

  test('two of them in both directions', async () => {
    const layer = new layers.Bidirectional(new layers.LSTM(6, { returnSequences: true }));
    const operators = await operatorsOfLayer(layer, X);
    expect(operators.filter((operator) => operator === 'LSTM')).toHaveLength(2);
    expect(operators).not.toContain('Scan');
  });
});

describe('a recurrent layer that the operators do not compute is a loop', () => {
  test.for<[what: string, layer: () => Layer]>([
    ['an LSTM with another activation', () => new layers.LSTM(6, { activation: 'relu' })],
    ['an LSTM with another recurrent activation', () => new layers.LSTM(6, { recurrentActivation: 'hard_sigmoid' })],
    ['a GRU with the reset gate before the product', () => new layers.GRU(6, { resetAfter: false })],
    ['a GRU with another activation', () => new layers.GRU(6, { activation: 'relu' })],
    ['a simple layer with another activation', () => new layers.SimpleRNN(6, { activation: 'sigmoid' })],
    ['an RNN of two cells', () => new layers.RNN([new layers.LSTMCell(4), new layers.GRUCell(3)])],
  ])('%s', async ([, layer]) => {
    expect(await operatorsOfLayer(layer(), X)).toContain('Scan');
  });
});

test('an LSTM computes masked steps as Keras does, in a loop', async () => {
  const inputs = Input({ shape: [5, 4] });
  const masked: KerasTensor = new layers.Masking({ maskValue: 0 }).apply(inputs);
  const model = new Model({ inputs, outputs: new layers.LSTM(3).apply(masked) });
  const whole = numbers([2, 3, 4]);
  const padded = new Tensor(Float32Array.from([...whole.data.slice(0, 12), ...new Array<number>(8).fill(0), ...whole.data.slice(12), ...new Array<number>(8).fill(0)]), [2, 5, 4]); // prettier-ignore
  const short = new Sequential([Input({ shape: [3, 4] }), new layers.LSTM(3)]);
  short.setWeights(model.getWeights());
  const [actual, expected] = [await model.predict(padded), await short.predict(whole)] as [Tensor, Tensor];
  expectClose(actual.data, expected.data, { rtol: 1e-5 });
});
