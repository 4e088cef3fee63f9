import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Input, Model, jit, layers } from 'evenkeel';
import * as applications from 'evenkeel/applications';
import type { Application, ApplicationOptions } from 'evenkeel/applications';
import { describe, expect, test } from 'vitest';
import { type MeasuredNetwork, errorOf, fill, images } from '../../../support/application-weights.ts';
import { parseGolden } from '../../../support/golden.ts';

interface Case extends MeasuredNetwork {
  readonly function: 'MobileNet' | 'MobileNetV2' | 'MobileNetV3Small';
  readonly options: Readonly<Record<string, unknown>>;
}

const file = new URL('../../../golden/application-predictions.json.gz', import.meta.url);
const { cases } = parseGolden<Case>(gunzipSync(readFileSync(file)).toString(), 'application-predictions');

const camelCase = (key: string): string => key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

describe('the networks of applications', () => {
  test.each(cases)('$function predicts as in Keras', async ({ function: name, options, ...measured }) => {
    const given = Object.fromEntries(Object.entries(options).map(([key, value]) => [camelCase(key), value]));
    const network = applications[name] as Application;
    const model = network({ ...(given as ApplicationOptions), weights: null });
    expect(model.weights.map(({ shape }) => shape)).toEqual(measured.shapes);
    fill(model, measured);
    // Over several batches, weights are constants of the program.
    for (const batchSize of [2, 1]) {
      const found = await model.predict(images(measured.x), { batchSize, verbose: 0 });
      expect(errorOf(found, measured.y)).toBeLessThan(1e-4);
    }
  });

  test('a network without its top is the frozen base of a model that is trained', async () => {
    const base = applications.MobileNet({
      weights: null,
      includeTop: false,
      pooling: 'avg',
      alpha: 0.25,
      inputShape: [32, 32, 3],
    });
    base.trainable = false;
    const pixels = Input({ shape: [32, 32, 3] });
    const scaled = applications.mobilenet.preprocessInput(pixels);
    const outputs = new layers.Dense(2, { activation: 'softmax' }).apply(base.apply(scaled, { training: false }));
    const model = new Model({ inputs: pixels, outputs });
    model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
    const before = base.getWeights().map(({ data }) => data.slice());
    const x = images({ shape: [2, 32, 32, 3], low: 0, high: 255 });
    await model.fit(x, [0, 1], { epochs: 2, verbose: 0 });
    expect(base.getWeights().map(({ data }) => data)).toEqual(before);
    expect(model.trainableWeights.length).toBe(2);
  });

  test('preprocessInput within a traced function is that of arrays', async () => {
    const x = images({ shape: [1, 4, 4, 3], low: 0, high: 255 });
    for (const { preprocessInput } of [applications.vgg16, applications.densenet, applications.xception]) {
      const found = await jit((value) => preprocessInput(value))(x);
      const expected = preprocessInput(x);
      expect(found.shape).toEqual(expected.shape);
      for (const [i, value] of found.data.entries()) expect(value).toBeCloseTo(Number(expected.data[i]), 4);
    }
  });
});
