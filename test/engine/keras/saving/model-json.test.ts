import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Input, Model, Sequential, modelFromJson, tensor } from '../../../../src/index.ts';
import { Add, BatchNormalization, Dense } from '../../../../src/keras/layers/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';

interface JsonCase {
  readonly json: string;
  readonly weights: string;
  readonly compiled: boolean;
  readonly input: GoldenArray;
  readonly output: GoldenArray;
}

const pathOf = (file: string): string => fileURLToPath(new URL(`../../../golden/model-json/${file}`, import.meta.url));

for (const each of loadGolden<JsonCase>('model-json').cases) {
  test(`the JSON of Keras in ${each.json} and the weights beside it predict the numbers of Keras, also when written again`, async () => {
    const model = modelFromJson(readFileSync(pathOf(each.json), 'utf8'));
    expect(model.compiled).toBe(each.compiled);
    await model.loadWeights(pathOf(each.weights));
    const again = modelFromJson(model.toJson());
    again.setWeights(model.getWeights());
    const x = tensor(new Float32Array(each.input.data), each.input.shape);
    for (const made of [model, again]) {
      const output = await made.predict(x, { verbose: 0 });
      expectClose(output.data, each.output.data, { rtol: 1e-5 });
    }
  });
}

test('a model written as model.json and as weights in any format is read from them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-json-'));
  try {
    const x = Input({ shape: [3] });
    const inner = new Sequential([Input({ shape: [3] }), new Dense(2), new BatchNormalization()]);
    const model = new Model({ inputs: x, outputs: new Add().apply([inner.apply(x), new Dense(2).apply(x)]) });
    writeFileSync(join(folder, 'model.json'), model.toJson({ indent: 2 }));
    const expected = await model.predict([[1, 2, 3]], { verbose: 0 });
    for (const ending of ['weights.h5', 'h5', 'safetensors']) {
      await model.saveWeights(join(folder, `model.${ending}`));
      const read = modelFromJson(readFileSync(join(folder, 'model.json'), 'utf8'));
      await read.loadWeights(join(folder, `model.${ending}`));
      expect((await read.predict([[1, 2, 3]], { verbose: 0 })).data).toEqual(expected.data);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
