import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Tensor, loadModel, tensor } from '../../../../src/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';

interface FileCase {
  readonly file: string;
  readonly inputs: readonly GoldenArray[];
  readonly outputs: readonly GoldenArray[];
}

const pathOf = (file: string): string => fileURLToPath(new URL(`../../../golden/older-files/${file}`, import.meta.url));
const input = ({ inputs: [x] }: FileCase): Tensor => tensor(new Float32Array(x!.data), x!.shape);

for (const each of loadGolden<FileCase>('older-files').cases) {
  test(`the model in ${each.file}, laid out as tf.keras 2 does, predicts the numbers of Keras`, async () => {
    const model = await loadModel(pathOf(each.file));
    const output = await model.predict(input(each), { verbose: 0 });
    expectClose(output.data, each.outputs[0]!.data, { rtol: 1e-5 });
    expect(output.shape).toEqual(each.outputs[0]!.shape);
  });

  test(`the model in ${each.file} predicts the same after conversion to .keras and .h5`, async () => {
    const model = await loadModel(pathOf(each.file));
    for (const format of ['keras', 'h5'] as const) {
      const again = await loadModel(await model.toBytes(format));
      const output = await again.predict(input(each), { verbose: 0 });
      expectClose(output.data, each.outputs[0]!.data, { rtol: 1e-5 });
    }
  });
}

test('a model of tf.keras 2.15 is compiled as it was', async () => {
  const model = await loadModel(pathOf('stack-2.15.keras'));
  expect(model.optimizer.name).toBe('Adam');
  const x = tensor(new Float32Array(8), [2, 4]);
  expect(Object.keys(await model.evaluate(x, tensor(new Float32Array(4), [2, 2]), { verbose: 0 }))).toEqual([
    'loss',
    'mae',
  ]);
});
