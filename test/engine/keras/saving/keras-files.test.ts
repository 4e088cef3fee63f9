import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import * as ek from '../../../../src/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';

interface FileCase {
  readonly file: string;
  readonly inputs: readonly GoldenArray[];
  readonly outputs: readonly GoldenArray[];
  readonly targets?: readonly GoldenArray[];
  readonly state?: readonly GoldenArray[];
  readonly losses?: readonly number[];
}

const cases = loadGolden<FileCase>('files').cases;
const pathOf = (file: string): string => fileURLToPath(new URL(`../../../golden/files/${file}`, import.meta.url));
const find = (file: string): FileCase => cases.find((each) => each.file === file)!;
const tensors = (arrays: readonly GoldenArray[]): ek.Tensor[] =>
  arrays.map(({ data, shape }) => ek.tensor(new Float32Array(data), shape));
const one = <T>(list: readonly T[]): T | readonly T[] => (list.length === 1 ? list[0]! : list);

/** The counterparts of the layers that golden/make/files.py registers. */
class Block extends ek.Layer {
  static override readonly className = 'Block';
  readonly units: number;
  readonly zeta: ek.Layer;
  readonly someItems: readonly [ek.Layer, readonly [ek.Layer]];
  readonly table: { readonly b: ek.Layer; readonly a: ek.Layer };
  shift: ek.Variable | null = null;

  constructor(options: { units?: number; name?: string } = {}) {
    super({ ...(options.name === undefined ? {} : { name: options.name }) });
    const dense = (): ek.Layer => new ek.layers.Dense(this.units);
    this.units = options.units ?? 2;
    this.zeta = dense();
    this.someItems = [dense(), [dense()]];
    this.table = { b: dense(), a: dense() };
  }

  override build(): void {
    this.shift = this.addWeight({ name: 'shift', shape: [this.units], initializer: 'ones' });
  }

  override call(inputs: ek.Value): ek.Value {
    let x = ek.ops.add(this.zeta.apply(inputs), this.shift!);
    for (const layer of [this.someItems[0], this.someItems[1][0], this.table.b, this.table.a]) {
      x = ek.activations.tanh(layer.apply(x));
    }
    return x;
  }

  override getConfig(): ek.Config {
    return { ...super.getConfig(), units: this.units };
  }

  static override fromConfig({ units, name }: ek.Config): Block {
    return new Block({ units: Number(units), name: name as string });
  }
}

class Own extends ek.Model {
  static override readonly className = 'Own';
  readonly a: ek.Layer = new ek.layers.Dense(3);
  readonly block: ek.Layer = new Block({ units: 2 });
  readonly out: ek.Layer = new ek.layers.Dense(1);

  override call(inputs: never): ek.Value {
    const x: ek.Value = inputs;
    return this.out.apply(this.block.apply(this.a.apply(x)));
  }

  override getConfig(): ek.Config {
    return { name: this.name };
  }

  static override fromConfig({ name }: ek.Config): Own {
    return new Own({ name: name as string });
  }
}

ek.registerKerasSerializable('golden')(Block);
ek.registerKerasSerializable('golden')(Own);

const customObjects = { double: (x: ek.Value) => ek.ops.multiply(x, 2) };

async function predictions(model: ek.Model, { inputs }: FileCase): Promise<ek.Tensor[]> {
  const output = await model.predict(one(tensors(inputs)) as never, { verbose: 0 });
  return [output].flat();
}

async function expectPredictions(model: ek.Model, each: FileCase): Promise<void> {
  for (const [i, output] of (await predictions(model, each)).entries()) {
    expectClose(output.data, each.outputs[i]!.data, { rtol: 1e-5 });
  }
}

async function trainOn(model: ek.Model, { inputs, targets, losses }: FileCase): Promise<void> {
  for (const loss of losses!) {
    const logs = await model.trainOnBatch(one(tensors(inputs)), one(tensors(targets!)));
    expectClose([logs['loss']!], [loss], { rtol: 1e-4 });
  }
}

const models = cases.filter(({ file }) => /\.keras$|(?<!weights)\.h5$/.test(file));

describe('a model that Keras wrote', () => {
  test.each(models)('a model that Keras wrote has the predictions that it had in Keras: $file', async (each) => {
    const model = await ek.loadModel(pathOf(each.file), { customObjects });
    await expectPredictions(model, each);
  });

  test.each(models.filter(({ losses }) => losses !== undefined))(
    'a model that Keras wrote resumes training with the losses of Keras: $file',
    async (each) => {
      const model = await ek.loadModel(pathOf(each.file), { customObjects });
      expect(model.optimizer.iterations.value.item()).toBe(each.state![0]!.data[0]);
      for (const [i, { shape, data }] of each.state!.entries()) {
        const variable = model.optimizer.variables[i]!;
        expect(variable.shape).toEqual(shape);
        expectClose(variable.value.data, data, { rtol: 1e-6 });
      }
      await trainOn(model, each);
    },
  );
});

describe('written files', () => {
  const formats = ['keras', 'h5'] as const;
  const pairs = models
    .filter(({ file }) => !file.startsWith('lambda') && file !== 'sharing.keras')
    .flatMap((each) => formats.map((format) => ({ file: each.file, each, format })))
    .filter(({ file, format }) => file !== 'own.keras' || format === 'keras');
  test.each(pairs)(
    'written files: $file as $format is read again, including the state of the optimizer',
    async ({ each, format }) => {
      const first = await ek.loadModel(pathOf(each.file));
      const again = await ek.loadModel(await first.toBytes(format));
      expect(again.getWeights().map(({ data }) => data)).toEqual(first.getWeights().map(({ data }) => data));
      await expectPredictions(again, each);
      if (each.losses !== undefined) await trainOn(again, each);
    },
  );
});

describe('weights that Keras wrote', () => {
  test.each(['adam.weights.h5', 'plain-weights.h5', 'old.weights.h5', 'sharded.weights.json'])(
    'weights that Keras wrote are read: %s',
    async (file) => {
      const model = await ek.loadModel(pathOf('untrained.keras'));
      model.setWeights(
        model.getWeights().map(({ shape }) => ek.tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape)),
      );
      await model.loadWeights(pathOf(file));
      await expectPredictions(model, find(file));
      if (file === 'adam.weights.h5') await trainOn(model, find(file));
    },
  );
});
