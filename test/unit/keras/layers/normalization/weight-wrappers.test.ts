import { describe, expect, test } from 'vitest';
import type { Config } from '../../../../../src/core/config.ts';
import { ValueError } from '../../../../../src/core/errors.ts';
import { Tensor } from '../../../../../src/core/tensor.ts';
import { input } from '../../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../../src/compiler/graph/trace.ts';
import type { Value } from '../../../../../src/compiler/ir/value.ts';
import type { Variable } from '../../../../../src/compiler/ir/variable.ts';
import { deserializeLayer, serializeLayer } from '../../../../../src/keras/layers/serialization.ts';
import {
  Conv2D,
  Dense,
  Layer,
  Masking,
  ReLU,
  SpectralNormalization,
  type SpectralNormalizationOptions,
  WeightNormalization,
} from '../../../../../src/keras/layers/index.ts';
import { Sequential } from '../../../../../src/keras/models/index.ts';
import * as ops from '../../../../../src/keras/ops/index.ts';
import { evaluate } from '../../../../../src/compiler/reference/index.ts';
import { callLayer, pattern } from '../../../../support/call-layer.ts';
import { expectClose } from '../../../../support/close.ts';
import { familyCases, makeWrapper, seeded } from '../../../../support/normalization-family-cases.ts';

const single = { rtol: 1e-5, atol: 1e-6 };
const dense = (units = 2): Dense => new Dense(units, { name: 'd', useBias: false });
const spectral = (layer: Layer, options: SpectralNormalizationOptions = {}): SpectralNormalization =>
  new SpectralNormalization(layer, { name: 'sn', ...options });

describe('SpectralNormalization', () => {
  test("gives Keras's numbers, and keeps them", () => {
    const layer = spectral(dense(), { powerIterations: 2 });
    layer.build([null, 3]);
    layer.setWeights([
      [
        [1, 2],
        [-1, 0.5],
        [3, 0],
      ],
      [[0.6, 0.8]],
    ]);
    const x = [[1, 2, 3]];
    expect(callLayer(layer, x).output.toArray()).toEqual([[8, 3]]);
    expectClose(callLayer(layer, x, { training: true }).output.data, [2.402368, 0.900888], single);
    expectClose(layer.kernel.value.data, [0.300296, 0.600592, -0.300296, 0.150148, 0.900888, 0], single);
    expectClose(layer.vectorU!.value.data, [0.951053, 0.3090278], single);
    expectClose(callLayer(layer, x, { training: true }).output.data, [2.3782911, 0.8918592], single);
    expectClose(layer.vectorU!.value.data, [0.9754953, 0.22002052], single);
    // The wrapped layer has the divided kernel now, in inference too.
    expectClose(callLayer(layer, x).output.data, [2.3782911, 0.8918592], single);
  });

  test('divides a kernel of ones of a convolution by its largest singular value', () => {
    const layer = spectral(new Conv2D(1, 2, { kernelInitializer: 'ones', useBias: false }), { powerIterations: 8 });
    const x = new Tensor(new Float32Array(4).fill(1), [1, 2, 2, 1]);
    expectClose(callLayer(layer, x).output.data, [4], single);
    expectClose(callLayer(layer, x, { training: true }).output.data, [2], single);
  });

  test('leaves a kernel of zeros, and u with it', () => {
    const layer = spectral(new Dense(2, { kernelInitializer: 'zeros' }));
    layer.build([null, 3]);
    const u = layer.vectorU!.value;
    const { output } = callLayer(layer, [[1, 2, 3]], { training: true });
    expect(output.toArray()).toEqual([[0, 0]]);
    expect(layer.kernel.value.data.every((entry) => entry === 0)).toBe(true);
    expect(layer.vectorU!.value).toEqual(u);
  });

  test('changes nothing in inference', () => {
    const layer = spectral(dense());
    layer.build([null, 3]);
    const before = layer.getWeights();
    callLayer(layer, pattern([2, 3]));
    expect(layer.getWeights()).toEqual(before);
  });

  test('starts u from a truncated normal distribution of deviation 0.02', () => {
    const layer = spectral(dense(500));
    layer.build([null, 3]);
    const u = layer.vectorU!.value;
    expect(u.shape).toEqual([1, 500]);
    expect(Math.max(...u.data.map(Math.abs))).toBeLessThan(0.05);
    expect(Math.max(...u.data.map(Math.abs))).toBeGreaterThan(0.02);
  });

  test('is divided again by every call in one program', () => {
    const [golden] = familyCases('spectral');
    const [once, twice] = [0, 1].map(() => makeWrapper('SpectralNormalization', golden!, 'float64'));
    const feeds = [1, 2].map((seed) => seeded({ shape: golden!.inputShape, seed }, 'float64'));
    for (const x of feeds) callLayer(once!, x, { training: true });
    const inputs = feeds.map(({ shape }, i) => input(`x${i}`, shape, 'float64'));
    const trace = new Trace();
    for (const value of inputs) trace.adopt(value);
    const outputs = inputs.map((value) => twice!.applyIn(trace, value, true, null) as Value);
    const { updates } = evaluate({ inputs, outputs, updates: trace.updates }, feeds);
    for (const [variable, value] of updates) variable.assign(value);
    for (const [i, expected] of once!.getWeights().entries()) {
      expectClose(twice!.getWeights()[i]!.data, expected.data, { rtol: 1e-12 });
    }
  });

  test('passes a mask where the wrapped layer does', () => {
    const x = [
      [
        [1, 2, 3],
        [0, 0, 0],
      ],
    ];
    expect([...callLayer(spectral(dense()), x, { mask: [[1, 0]] }).mask!.data]).toEqual([1, 0]);
    expect(spectral(dense()).supportsMasking).toBe(false);
    expect(callLayer(new Masking(), x).mask!.shape).toEqual([1, 2]);
  });

  test('gives outputs in the type of floating inputs', () => {
    const layer = spectral(new Dense(2, { dtype: 'float64' }));
    expect(callLayer(layer, pattern([2, 3])).output.dtype).toBe('float32');
  });
});

describe('WeightNormalization', () => {
  test('changes nothing at first', () => {
    const inner = new Dense(3, { name: 'd' });
    const x = pattern([2, 4]);
    const before = callLayer(inner, x).output;
    const layer = new WeightNormalization(inner);
    expectClose(callLayer(layer, x).output.data, before.data, { rtol: 1e-6 });
    const columns = [0, 1, 2].map((j) => Math.hypot(...[0, 3, 6, 9].map((i) => layer.v.value.data[i + j]!)));
    expectClose(layer.g!.value.data, columns, { rtol: 1e-6 });
  });

  test('takes the length from g and the direction from v', () => {
    const layer = new WeightNormalization(dense());
    layer.build([null, 2]);
    layer.setWeights([
      [
        [3, 0],
        [4, 7],
      ],
      [10, 2],
    ]);
    expectClose(
      callLayer(layer, [
        [1, 0],
        [0, 1],
      ]).output.data,
      [6, 0, 8, 2],
      { rtol: 1e-6 },
    );
    expect(layer.v.value.toArray()).toEqual([
      [3, 0],
      [4, 7],
    ]);
  });

  test('gives v no gradient along itself', () => {
    const layer = new WeightNormalization(dense(), { dtype: 'float64' });
    const { gradients } = callLayer(layer, pattern([3, 4]), { dy: pattern([3, 2], 5, 13, 6) });
    const [, dv] = gradients;
    for (const j of [0, 1]) {
      const along = [0, 2, 4, 6].reduce((sum, i) => sum + dv!.data[i + j]! * layer.v.value.data[i + j]!, 0);
      expectClose([along], [0], { rtol: 0, atol: 1e-5 });
    }
  });

  test('leaves no state behind, in inference and in training', () => {
    const layer = new WeightNormalization(dense());
    for (const training of [false, true]) {
      const trace = new Trace();
      const x = input('x', [2, 3], 'float32');
      trace.adopt(x);
      layer.applyIn(trace, x, training, null);
      expect(trace.updates).toEqual([]);
    }
  });

  test('lets through what the wrapped layer adds', () => {
    class Noted extends Dense {
      override call(inputs: Value, context: Parameters<Dense['call']>[1]): Value {
        context.addLoss(ops.sum(inputs));
        return super.call(inputs, context);
      }
    }
    const trace = new Trace();
    const x = input('x', [2, 3], 'float32');
    trace.adopt(x);
    new WeightNormalization(new Noted(2)).applyIn(trace, x, true, null);
    expect(trace.losses).toHaveLength(1);
  });

  test('does not wrap a layer that changes its kernel', () => {
    expect(() =>
      callLayer(new WeightNormalization(spectral(dense()), { name: 'wn' }), [[1, 2]], { training: true }),
    ).toThrow(
      '[WeightNormalization wn] the wrapped layer updates its kernel, which is computed from g and v. Wrap a layer that does not.',
    );
  });
});

describe.each([
  ['SpectralNormalization', (layer: Layer, name: string) => new SpectralNormalization(layer, { name })],
  ['WeightNormalization', (layer: Layer, name: string) => new WeightNormalization(layer, { name })],
])('%s', (className, wrap) => {
  test('refuses what is no layer', () => {
    expect(() => wrap('dense' as never, 'w')).toThrow(
      new TypeError(`[${className} w] layer must be a layer. Received: layer="dense".`),
    );
  });

  test('refuses a layer without a kernel', () => {
    expect(() => {
      wrap(new ReLU({ name: 'r' }), 'w').build([null, 3]);
    }).toThrow(
      new ValueError(`[${className} w] the wrapped layer must have a kernel or embeddings. Received: ReLU r.`),
    );
  });

  test('has a kernel only once it is built', () => {
    expect(() => wrap(dense(), 'w').kernel).toThrow(
      `[${className} w] the kernel is that of the built layer: call the layer on an input or build([…]) first.`,
    );
  });

  test('refuses inputs of another size', () => {
    const layer = wrap(dense(), 'w');
    layer.build([null, 3]);
    expect(() => callLayer(layer, [[1, 2]])).toThrow(
      `[${className} w] expected axis -1 of the input to have size 3. Received: input of shape [1, 2].`,
    );
  });

  test('refuses a layer that does not read its kernel where it is changed', () => {
    class Stubborn extends Layer {
      static override readonly className: string = 'Stubborn';
      kernel: Variable | null = null;
      override build(): void {
        this.kernel = this.addWeight({ name: 'kernel', shape: [2, 2], initializer: 'ones' });
      }
      override call(inputs: Value): Value {
        return ops.matmul(inputs, this.kernel!);
      }
    }
    expect(() => callLayer(wrap(new Stubborn({ name: 's' }), 'w'), [[1, 2]], { training: true })).toThrow(
      `[${className} w] the wrapped layer must read its kernel through the context of its call: context.read(kernel). Received: Stubborn s, which does not.`,
    );
  });

  test('normalizes embeddings, and reads the layers of one’s own back', () => {
    class Lookup extends Layer {
      static override readonly className: string = 'Lookup';
      embeddings: Variable | null = null;
      override build(): void {
        this.embeddings = this.addWeight({ name: 'embeddings', shape: [3, 2], initializer: 'ones' });
      }
      override call(inputs: Value, context: Parameters<Dense['call']>[1]): Value {
        return ops.take(context.read(this.embeddings!), inputs, { axis: 0 });
      }
    }
    const layer = wrap(new Lookup(), 'w');
    const { output } = callLayer(layer, new Tensor(Int32Array.of(0, 2), [2]), { training: true });
    expect(output.shape).toEqual([2, 2]);
    expect(output.dtype).toBe('float32');
    const copy = deserializeLayer(JSON.parse(JSON.stringify(serializeLayer(layer))), { Lookup });
    expect(copy.sublayers[0]).toBeInstanceOf(Lookup);
    expect(copy.weights.map(({ name }) => name)).toEqual(layer.weights.map(({ name }) => name));
  });

  test('comes back from its own config', () => {
    const layer = wrap(new Dense(4, { name: 'd', activation: 'tanh' }), 'w');
    layer.build([null, 3]);
    const wrapper = layer.constructor as unknown as { fromConfig(config: Config): SpectralNormalization };
    const copy = wrapper.fromConfig(JSON.parse(JSON.stringify(layer.getConfig())) as Config);
    expect(copy.layer).toBeInstanceOf(Dense);
    expect(JSON.stringify(copy.getConfig())).toBe(JSON.stringify(layer.getConfig()));
  });

  test('comes back inside a model', () => {
    const model = new Sequential([wrap(new Dense(4, { name: 'd' }), 'w')]);
    model.build([null, 3]);
    const copy = Sequential.fromConfig(JSON.parse(JSON.stringify(model.getConfig())) as Config);
    expect(copy.weights.map(({ path }) => path)).toEqual(model.weights.map(({ path }) => path));
    expect(copy.getConfig()).toEqual(model.getConfig());
  });

  test('freezes the wrapped layer with itself', () => {
    const layer = wrap(new Dense(2), 'w');
    layer.build([null, 3]);
    layer.trainable = false;
    expect(layer.trainableWeights).toEqual([]);
    expect(layer.layer.trainable).toBe(false);
  });
});

test.each([0, -1, 1.5])('SpectralNormalization refuses %d power iterations', (powerIterations) => {
  expect(() => spectral(dense(), { powerIterations })).toThrow(
    new ValueError(
      `[SpectralNormalization sn] powerIterations must be a positive integer. Received: powerIterations=${powerIterations}.`,
    ),
  );
});
