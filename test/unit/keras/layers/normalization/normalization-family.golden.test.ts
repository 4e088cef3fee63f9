import { describe, expect, test } from 'vitest';
import type { Value } from '../../../../../src/compiler/ir/value.ts';
import { gradients } from '../../../../../src/compiler/autodiff/index.ts';
import { isRecord } from '../../../../../src/core/config.ts';
import { optionsOf } from '../../../../../src/keras/saving/registry.ts';
import { constant, input } from '../../../../../src/compiler/graph/leaves.ts';
import { deserializeLayer, serializeLayer } from '../../../../../src/keras/layers/serialization.ts';
import { Normalization } from '../../../../../src/keras/layers/index.ts';
import * as ops from '../../../../../src/keras/ops/index.ts';
import {
  checkLayer,
  checkSpectral,
  checkWeightNormalization,
  compare,
  describeLayer,
  familyCases,
  makeLayer,
  reference,
  seeded,
} from '../../../../support/normalization-family-cases.ts';

/** The float64 interpreter shows that the formulas are Keras's, down to rounding. */
const exact = { forward: 1e-9, gradient: 1e-8 };

describe('normalization layers are what Keras computes', () => {
  test('in enough cases', () => {
    expect(familyCases('layer').length).toBeGreaterThan(100);
  });

  test.each(familyCases('layer').map((golden) => [describeLayer(golden), golden] as const))('%s', async (_, golden) => {
    await checkLayer(golden, 'float64', reference, exact);
  });
});

describe('wrappers of a kernel', () => {
  test.each(
    familyCases('spectral').map((golden) => [golden.layer, golden.options, golden.powerIterations, golden] as const),
  )(
    'SpectralNormalization of %s %j with %i iterations is what Keras computes and keeps',
    async (_, _options, _iterations, golden) => {
      await checkSpectral(golden, 'float64', reference, exact);
    },
  );

  test.each(familyCases('weight-normalization').map((golden) => [golden.layer, golden.options, golden] as const))(
    'WeightNormalization of %s %j is what its formula gives',
    async (_, _options, golden) => {
      await checkWeightNormalization(golden, 'float64', reference, exact);
    },
  );
});

describe('the preprocessing layer Normalization', () => {
  const titled = familyCases('adapt').map((golden) => {
    const batches = golden.batches.map(({ shape }) => `[${shape.join(', ')}]`).join(' and ');
    return [`${JSON.stringify(golden.config)} on ${batches}`, golden] as const;
  });

  test.each(titled)('learns what Keras learns with %s', async (_, golden) => {
    const layer = makeLayer('Normalization', golden.config, 'float64');
    if (!(layer instanceof Normalization)) throw new TypeError('expected a Normalization');
    const batches = golden.batches.map((batch) => seeded({ ...batch, low: golden.low, high: golden.high }, 'float64'));
    await layer.adapt(batches.length === 1 ? batches[0]! : batches);
    compare('mean', layer.adaptMean!.value, golden.mean, 1e-12);
    compare('variance', layer.adaptVariance!.value, golden.variance, 1e-12);
    expect(layer.count!.value.item()).toBe(0);
    const x = seeded({ shape: golden.inputShape, seed: golden.inputSeed }, 'float64');
    const fed = input('x', x.shape, x.dtype);
    const [y] = await reference({ inputs: [fed], outputs: [layer.apply(fed)], updates: [] }, [x]);
    compare('output', y, golden.output, 1e-12);
  });

  test.each(familyCases('given').map((golden) => [golden.config, golden] as const))(
    'uses the statistics that are given as Keras does with %j',
    async (_, golden) => {
      const layer = makeLayer('Normalization', golden.config, 'float64');
      const x = seeded({ shape: golden.inputShape, seed: golden.inputSeed }, 'float64');
      const fed = input('x', x.shape, x.dtype);
      const [y] = await reference({ inputs: [fed], outputs: [layer.apply(fed)], updates: [] }, [x]);
      compare('output', y, golden.output, 1e-12);
    },
  );
});

describe('ops', () => {
  const functions: Readonly<Record<string, (x: Value, options: object) => Value>> = {
    layer_normalization: ops.layerNormalization,
    rms_normalization: ops.rmsNormalization,
    normalize: ops.normalize,
  };

  test.each(
    familyCases('op').map(
      (golden) => [golden.op, golden.options, golden.inputShape, Object.keys(golden.coefficients), golden] as const,
    ),
  )('%s %j on %j with %j is what Keras computes', async (_, _options, _shape, _names, golden) => {
    const x = seeded({ shape: golden.inputShape, seed: golden.inputSeed, low: -2, high: 3 }, 'float64');
    const fed = input('x', x.shape, x.dtype);
    const coefficients = Object.entries(golden.coefficients).map(([name, at]) => {
      return [name, seeded({ ...at, low: 0.5, high: 1.5 }, 'float64')] as const;
    });
    const y = functions[golden.op]!(fed, { ...optionsOf(golden.options), ...Object.fromEntries(coefficients) });
    const dy = constant(seeded({ shape: golden.output.shape, seed: golden.dySeed }, 'float64'));
    const [dx] = gradients(y, [fed], dy);
    const outputs = await reference({ inputs: [fed], outputs: [y, dx!], updates: [] }, [x]);
    compare('output', outputs[0], golden.output, exact.forward);
    compare('gradient', outputs[1], golden.inputGradient, exact.gradient);
  });
});

describe('configs', () => {
  /** Without what says only how a Python process shares objects. */
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, entry]) => (key === 'shared_object_id' ? [] : [[key, plain(entry)]])),
    );
  };
  const rows = familyCases('config').map((golden) => [golden.python, golden] as const);

  test.each(rows)('%s comes back as Keras wrote it', (_, { serializedText }) => {
    const written = plain(JSON.parse(serializedText));
    const text = JSON.stringify(serializeLayer(deserializeLayer(written)));
    expect(text).toBe(JSON.stringify(written));
  });

  test.each(rows.filter(([, { builtOn }]) => builtOn !== null))('%s has the weights of Keras', (_, golden) => {
    const layer = deserializeLayer(JSON.parse(golden.serializedText));
    const found = layer.weights.map(({ name, path, shape, trainable }) => ({ name, path, shape, trainable }));
    expect(found).toEqual(golden.weights);
  });
});
