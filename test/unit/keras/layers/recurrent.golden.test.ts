import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import * as build from '../../../../src/compiler/builder/index.ts';
import type { Graph } from '../../../../src/compiler/graph/graph.ts';
import { constant, initialState, input } from '../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import { verify } from '../../../../src/compiler/graph/verify.ts';
import { type Value, isValue } from '../../../../src/compiler/ir/value.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import type { Config } from '../../../../src/core/config.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import { flatten } from '../../../../src/core/tree.ts';
import { LSTM, deserialize, serialize } from '../../../../src/keras/layers/index.ts';
import { expectClose } from '../../../support/close.ts';
import { parseGolden } from '../../../support/golden.ts';
import { lcg } from '../../../support/lcg.ts';

interface RecurrentCase {
  readonly name: string;
  readonly layer: { readonly config: Config };
  readonly inputShape: readonly number[];
  readonly seed: number;
  readonly mask: Tensor | null;
  readonly states: readonly (readonly number[])[] | null;
  readonly weights: readonly (readonly [name: string, shape: readonly number[]])[];
  readonly calls: number;
  readonly training: boolean;
  readonly outputs: readonly Tensor[];
  readonly inputGradient: Tensor;
  readonly stateGradients: readonly Tensor[];
  readonly weightGradients: readonly Tensor[];
}

const file = new URL('../../../golden/recurrent.json.gz', import.meta.url);
const { cases } = parseGolden<RecurrentCase>(gunzipSync(readFileSync(file)).toString(), 'recurrent');
const wide = (shape: readonly number[], seed: number, low = -1, high = 1): Tensor =>
  new Tensor(Float64Array.from(lcg(shape, seed, low, high)), shape);

test('a recurrent layer that was called with initial states is built from the shape of its sequence', () => {
  const { class_name, config } = serialize(new LSTM(2));
  const shapes_dict = {
    sequences_shape: [2, 4, 3],
    initial_state_shape: [
      [2, 2],
      [2, 2],
    ],
  };
  const layer = deserialize({ module: 'keras.layers', class_name, config, build_config: { shapes_dict } });
  expect(layer.weights.map(({ shape }) => shape)).toEqual([[3, 8], [2, 8], [8]]);
});

describe('a recurrent layer computes what Keras does', () => {
  for (const golden of cases) {
    test(golden.name, () => {
      const layer = deserialize(golden.layer);
      layer.ensureBuilt(golden.inputShape);
      expect(layer.weights.map(({ name, shape }) => [name, shape])).toEqual(golden.weights);
      layer.setWeights(golden.weights.map(([, shape], k) => wide(shape, 100 + k, -0.7, 0.7)));
      const shapes = [golden.inputShape, ...(golden.states ?? [])];
      const feeds = shapes.map((shape, i) => wide(shape, golden.seed + i));
      const inputs = feeds.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
      const mask =
        golden.mask === null
          ? null
          : constant(new Tensor(Uint8Array.from(golden.mask.data), golden.mask.shape, 'bool'));
      const step = (): { outputs: readonly Value[]; trace: Trace } => {
        const trace = new Trace();
        for (const value of inputs) trace.adopt(value);
        const given = inputs.length === 1 ? inputs[0]! : inputs;
        return { outputs: flatten(layer.applyIn(trace, given, golden.training, mask), isValue), trace };
      };
      for (let call = 1; call < golden.calls; call++) {
        const { outputs, trace } = step();
        const { updates } = evaluate({ inputs, outputs, updates: trace.updates }, feeds, { precise: true });
        for (const [variable, value] of updates) variable.assign(value);
      }
      const { outputs } = step();
      const [first, ...rest] = outputs.map((value, i) =>
        build.sum(build.multiply(value, constant(wide(value.knownShape, 7 + i))), {
          axes: value.shape.map((_, axis) => axis),
        }),
      );
      const found = gradients(build.addAll([first!, ...rest]), [
        ...inputs,
        ...layer.trainableWeights.map(initialState),
      ]);
      const graph: Graph = { inputs, outputs: [...outputs, ...found.flatMap((value) => value ?? [])], updates: [] };
      verify(graph, golden.name);
      const actual = [...evaluate(graph, feeds, { precise: true }).outputs];
      const computed = actual.splice(0, outputs.length);
      expect(computed.map(({ shape }) => shape)).toEqual(golden.outputs.map(({ shape }) => shape));
      for (const [i, output] of golden.outputs.entries()) expectClose(computed[i]!.data, output.data, { rtol: 1e-10 });
      const expected = [golden.inputGradient, ...golden.stateGradients, ...golden.weightGradients];
      for (const [i, gradient] of expected.entries()) {
        const data = found[i] === null ? new Float64Array(gradient.size) : actual.shift()!.data;
        expectClose(data, gradient.data, { rtol: 1e-8 });
      }
    });

    test(`${golden.name}: the config is Keras's`, () => {
      const { config } = golden.layer;
      const layer = deserialize(golden.layer);
      const written = serialize(layer);
      expect(Object.keys(written.config)).toEqual(Object.keys(config));
      expect(JSON.parse(JSON.stringify(written.config))).toEqual(withoutBuilding(config, written.config));
    });
  }
});

/** The config of Keras, with what it writes about built cells as it is written here. */
function withoutBuilding(config: Config, written: Config): unknown {
  return {
    ...config,
    ...Object.fromEntries(
      ['cell', 'cells', 'layer', 'backward_layer'].flatMap((key) =>
        key in config ? [[key, nested(config[key], written[key])]] : [],
      ),
    ),
  };
}

function nested(theirs: unknown, ours: unknown): unknown {
  expect((ours as Config)['class_name']).toBe((theirs as Config)['class_name']);
  return ours;
}
