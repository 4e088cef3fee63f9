import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as ek from '../../../../src/index.ts';
import '../../../../src/keras/hub/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';

/** The fields are described in test/golden/make/hub_files.py. */
interface HubFile {
  readonly file: string;
  readonly inputs: readonly GoldenArray[];
  readonly outputs: readonly GoldenArray[];
  readonly targets?: readonly GoldenArray[];
  readonly losses?: readonly number[];
}

const cases = loadGolden<HubFile>('hub-files').cases;
const pathOf = (file: string): string => fileURLToPath(new URL(`../../../golden/hub-files/${file}`, import.meta.url));
const tensors = (arrays: readonly GoldenArray[]): ek.Tensor[] =>
  arrays.map(({ data, shape, dtype }) => ek.tensor(data, shape, dtype as ek.DType));
const one = <T>(list: readonly T[]): T | readonly T[] => (list.length === 1 ? list[0]! : list);
const predict = async (model: ek.Model, { inputs }: HubFile): Promise<ek.Tensor> =>
  await model.predict(one(tensors(inputs)) as never, { verbose: 0 });

test.each(cases)(
  'a model of keras-hub layers predicts as in Keras, here and once it is written again: $file',
  async (each) => {
    const model = await ek.loadModel(pathOf(each.file));
    const output = await predict(model, each);
    expectClose(output.data, each.outputs[0]!.data, { rtol: 1e-5 });
    const copy = await ek.loadModel(await model.toBytes('keras'));
    expect(JSON.stringify(copy.getConfig())).toBe(JSON.stringify(model.getConfig()));
    expect((await predict(copy, each)).data).toEqual(output.data);
  },
);

test.each(cases.filter(({ losses }) => losses !== undefined))(
  'a model of keras-hub layers resumes training with the losses of Keras: $file',
  async ({ file, inputs, targets, losses }) => {
    const model = await ek.loadModel(pathOf(file));
    for (const loss of losses!) {
      const logs = await model.trainOnBatch(one(tensors(inputs)), one(tensors(targets!)));
      expectClose([logs['loss']!], [loss], { rtol: 1e-4 });
    }
  },
);

test('an embedding that a head shares with its model is one layer after loading, and in what is written', async () => {
  const model = await ek.loadModel(pathOf('encoder.keras'));
  const copy = await ek.loadModel(await model.toBytes('keras'));
  for (const made of [model, copy]) {
    const head = made.layers.at(-1)!;
    expect((head as unknown as { tokenEmbedding: object }).tokenEmbedding).toBe(made.getLayer('tokens'));
    expect(new Set(made.weights).size).toBe(made.weights.length);
  }
});
