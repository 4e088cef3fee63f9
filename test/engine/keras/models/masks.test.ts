import { type AnyModel, type Config, Input, type KerasTensor, Model, type Tensor, resetNames, tensor } from 'evenkeel';
import { Add, BatchNormalization, Dense, GlobalAveragePooling1D, Masking } from 'evenkeel/layers';
import { SGD } from 'evenkeel/optimizers';
import { beforeEach, describe, expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import { lcg } from '../../../support/lcg.ts';

interface MaskCase {
  readonly name: 'single' | 'first' | 'both';
  readonly config: { readonly config: Config };
  readonly output: readonly GoldenArray[];
  readonly loss: number;
  readonly paths: readonly string[];
  readonly after: readonly GoldenArray[];
}

const { cases } = loadGolden<MaskCase>('masks');

/** The models of test/golden/make/masks.py. */
const symbol = (name: string): KerasTensor => Input({ shape: [3, 2], name });

function single(): AnyModel {
  const x = symbol('x');
  const h = new BatchNormalization({ momentum: 0.5, name: 'bn' }).apply(new Masking({ name: 'masking' }).apply(x));
  const s = new Dense(2, { name: 'dense' }).apply(h);
  return new Model({ inputs: x, outputs: new GlobalAveragePooling1D({ name: 'mean' }).apply(s), name: 'single' });
}

function outer(name: string, mask: (p: KerasTensor, q: KerasTensor) => readonly KerasTensor[]): AnyModel {
  const [a, b, p, q] = ['a', 'b', 'p', 'q'].map(symbol) as [KerasTensor, KerasTensor, KerasTensor, KerasTensor];
  const mean = new GlobalAveragePooling1D({ name: 'mean' }).apply(new Dense(2, { name: 'last' }).apply(a));
  const bn = new BatchNormalization({ momentum: 0.5, name: 'bn' }).apply(new Add({ name: 'add' }).apply([a, b]));
  const inner = new Model({ inputs: [a, b], outputs: [mean, bn], name: 'inner' });
  const [one, two] = inner.applySymbolically(mask(p, q)) as readonly [KerasTensor, KerasTensor];
  const pool = new GlobalAveragePooling1D({ name: 'pool' }).apply(two);
  return new Model({ inputs: [p, q], outputs: [one, pool], name });
}

const own: Readonly<Record<MaskCase['name'], () => AnyModel>> = {
  single,
  first: () => outer('first', (p, q) => [new Masking({ name: 'masking' }).apply(p), q]),
  both: () =>
    outer('both', (p, q) => [new Masking({ name: 'left' }).apply(p), new Masking({ name: 'right' }).apply(q)]),
};

function data(count: number): readonly Tensor[] {
  return Array.from({ length: count }, (_, i) => {
    const numbers = lcg([4, 3, 2], i + 1);
    const isHidden = (at: number): boolean => (Math.floor(at / 6) + 2 * (Math.floor(at / 2) % 3) + i) % 3 === 0;
    return tensor(
      numbers.map((value, at) => (isHidden(at) ? 0 : value)),
      [4, 3, 2],
    );
  });
}

/** What Keras computes, and after one step of training is. */
async function check(model: AnyModel, { output, loss, paths, after }: MaskCase): Promise<void> {
  expect(model.weights.map(({ path }) => path)).toEqual(paths);
  model.setWeights(model.weights.map(({ shape }, k) => tensor(lcg(shape, 4000 + k, 0.2, 0.8), shape)));
  const inputs = data(model.inputs.length);
  const found = await model.predict(inputs.length === 1 ? inputs[0]! : inputs, { verbose: 0 });
  const outputs = (output.length === 1 ? [found] : found) as readonly Tensor[];
  for (const [i, expected] of output.entries()) expectClose(outputs[i]!.data, expected.data, { rtol: 1e-5 });
  model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: 'mse' });
  const zeros = outputs.map(({ data: { length }, shape }) => tensor(new Float32Array(length), shape));
  const logs = await model.trainOnBatch(
    inputs.length === 1 ? inputs[0]! : inputs,
    zeros.length === 1 ? zeros[0]! : zeros,
  );
  expectClose([logs['loss']!], [loss], { rtol: 1e-5 });
  const all = (list: readonly { readonly data: ArrayLike<number> }[]): number[] =>
    list.flatMap(({ data: numbers }) => Array.from(numbers));
  expectClose(all(model.getWeights()), all(after), { rtol: 1e-4 });
}

beforeEach(resetNames);

describe('a model with masks', () => {
  test.each(cases)(
    'a model with masks: that Keras wrote computes and trains as there, and is written as it was: $name',
    async (entry) => {
      const model = Model.fromConfig(entry.config.config);
      expect(JSON.stringify(model.toJSON())).toBe(JSON.stringify(entry.config));
      await check(model, entry);
    },
  );

  test.each(cases)(
    'a model with masks: made here works the masks out, and needs none in its config: $name',
    async (entry) => {
      const model = own[entry.name]();
      await check(model, entry);
      const copy = Model.fromConfig(model.getConfig());
      expect(JSON.stringify(copy.getConfig())).toBe(JSON.stringify(model.getConfig()));
      expect(copy.network!.operations.map(({ className }) => className)).not.toContain('NotEqual');
      await check(copy, entry);
    },
  );
});
