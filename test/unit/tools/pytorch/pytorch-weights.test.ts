import { describe, expect, test } from 'vitest';
import * as ek from '../../../../src/index.ts';
import { writeSafetensors } from '../../../../src/formats/safetensors/safetensors.ts';
import type { StoredArray } from '../../../../src/formats/arrays/stored.ts';
import { lcg } from '../../../support/lcg.ts';

const { Input, Model, Sequential, layers, loadPyTorchWeights } = ek;

/** A state with random values, of shapes by their names. */
function state(shapes: Readonly<Record<string, readonly number[]>>): Uint8Array {
  const arrays = Object.entries(shapes).map(([name, shape], i): [string, StoredArray] => [
    name,
    { kind: 'array', dtype: 'float32', shape, data: lcg(shape, i + 1) },
  ]);
  return writeSafetensors(new Map(arrays));
}

const dense = (name: string, units = 3): ek.Layer => new layers.Dense(units, { name, useBias: false });
const line = (...names: readonly string[]): ek.Model =>
  new Sequential([Input({ shape: [3] }), ...names.map((name) => dense(name))], { name: 'line' });
const matches = ({ loaded }: ek.PyTorchReport): readonly string[] =>
  loaded.map(({ layer, module, by }) => `${layer}: ${module} by ${by}`);

describe('modules and layers', () => {
  test('modules and layers: loadPyTorchWeights matches names that differ only in numbers in natural order: 10 after 9', async () => {
    const names = ['a', 'b', 'c'];
    const file = state({ 'net.10.weight': [3, 3], 'net.9.weight': [3, 3], 'net.1.weight': [3, 3] });
    const report = await loadPyTorchWeights(line(...names), file);
    expect(matches(report)).toEqual(['a: net.1 by order', 'b: net.9 by order', 'c: net.10 by order']);
  });

  test('modules and layers: loadPyTorchWeights matches a layer and a module of the same name', async () => {
    const file = state({ 'decoder.fc.weight': [3, 3], 'encoder.weight': [3, 3] });
    const report = await loadPyTorchWeights(line('encoder', 'decoder_fc'), file);
    expect(matches(report)).toEqual(['encoder: encoder by name', 'decoder_fc: decoder.fc by name']);
  });

  test('modules and layers: loadPyTorchWeights does not guess whether an encoder precedes a decoder', async () => {
    const file = state({ 'decoder.weight': [3, 3], 'encoder.weight': [3, 3] });
    const model = line('a', 'b');
    const before = model.getWeights().map(({ data }) => data);
    await expect(loadPyTorchWeights(model, file)).rejects.toThrow(
      '[loadPyTorchWeights] every layer must have one module, and every module a layer. Received: Dense a: could be "decoder" or "encoder"; Dense b: could be "decoder" or "encoder". left over: decoder.weight; encoder.weight. Say which is which: { names: { layer: module } }.',
    );
    const report = await loadPyTorchWeights(model, file, { strict: false });
    expect(report).toEqual({
      loaded: [],
      unusedInFile: ['decoder.weight', 'encoder.weight'],
      notInFile: ['Dense a: could be "decoder" or "encoder"', 'Dense b: could be "decoder" or "encoder"'],
      notes: [],
    });
    expect(model.getWeights().map(({ data }) => data)).toEqual(before);
  });

  test.each([[{ a: 'encoder' }], [({ name }: ek.Layer) => (name === 'a' ? 'encoder' : null)]])(
    'modules and layers are matched as names say, and the rest follows',
    async (names) => {
      const file = state({ 'decoder.weight': [3, 3], 'encoder.weight': [3, 3] });
      const report = await loadPyTorchWeights(line('a', 'b'), file, { names });
      expect(matches(report)).toEqual(['a: encoder by names', 'b: decoder by order']);
    },
  );

  test('modules and layers: loadPyTorchWeights refuses a module that two layers could use', async () => {
    const report = await loadPyTorchWeights(line('a', 'b'), state({ 'fc.weight': [3, 3] }), { strict: false });
    expect(report.loaded).toEqual([]);
    expect(report.notInFile).toEqual(['Dense a: could be "fc"', 'Dense b: could be "fc"']);
  });

  test('modules and layers: loadPyTorchWeights does not match parallel branches by number', async () => {
    const inputs = Input({ shape: [3] });
    const [a, b] = [dense('a').apply(inputs), dense('b').apply(inputs)];
    const model = new Model({ inputs, outputs: new layers.Add().apply([a, b]) });
    const file = state({ 'branch1.weight': [3, 3], 'branch2.weight': [3, 3] });
    const { notInFile } = await loadPyTorchWeights(model, file, { strict: false });
    expect(notInFile).toEqual(['Dense a: could be "branch1" or "branch2"', 'Dense b: could be "branch1" or "branch2"']);
  });

  test('modules and layers: loadPyTorchWeights lists modules that do not fit, with the reason if there is one module', async () => {
    const report = await loadPyTorchWeights(line('a'), state({ 'fc.weight': [3, 3], 'fc.bias': [3] }), {
      strict: false,
    });
    expect(report.unusedInFile).toEqual(['fc.bias', 'fc.weight']);
    expect(report.notInFile).toEqual([
      'Dense a: no module is Linear with a kernel of [3, 3] here ("fc" has an additional bias)',
    ]);
  });

  test('modules and layers: loadPyTorchWeights matches the layers of a subclassed model in the order of its fields', async () => {
    class Own extends Model {
      readonly first = dense('x');
      readonly second = dense('y');
      override call(inputs: ek.Value): ek.Value {
        return this.second.apply(this.first.apply(inputs));
      }
    }
    const model = new Own();
    model.apply(Input({ shape: [3] }));
    const report = await loadPyTorchWeights(model, state({ 'l.0.weight': [3, 3], 'l.1.weight': [3, 3] }));
    expect(matches(report)).toEqual(['x: l.0 by order', 'y: l.1 by order']);
  });
});

describe('values', () => {
  test('values: loadPyTorchWeights does not guess the order of features flattened by a custom layer', async () => {
    const inputs = Input({ shape: [2, 2, 3] });
    const map = new layers.Conv2D(3, 1, { useBias: false, name: 'conv' }).apply(inputs);
    const vector = ek.ops.reshape(map, [-1, 12]);
    const model = new Model({ inputs, outputs: dense('fc', 2).apply(vector) });
    const file = state({ 'conv.weight': [3, 3, 1, 1], 'fc.weight': [2, 12] });
    await expect(loadPyTorchWeights(model, file)).rejects.toThrow(
      '[loadPyTorchWeights] every layer must have one module, and every module a layer. Received: Dense fc: no module is Linear with a kernel of [12, 2] here ("fc" has a row for each element of a map that something other than Flatten made a vector of). left over: fc.weight. Load it into a model of the same layers, or only what fits with { strict: false }.',
    );
  });

  test('values: loadPyTorchWeights reorders the features of two concatenated feature maps', async () => {
    const inputs = Input({ shape: [2, 1, 2] });
    const flat = new layers.Flatten().apply(inputs);
    const both = new layers.Concatenate().apply([flat, flat]);
    const model = new Model({ inputs, outputs: dense('fc', 1).apply(both) });
    const weight: StoredArray = {
      kind: 'array',
      dtype: 'float32',
      shape: [1, 8],
      data: Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7]),
    };
    await loadPyTorchWeights(model, writeSafetensors(new Map([['fc.weight', weight]])));
    expect([...model.getWeights()[0]!.data]).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
  });

  const batchNorm = { weight: [2], bias: [2], running_mean: [2], running_var: [2] };
  const normalization = (options: object = {}): ek.Model =>
    new Sequential([Input({ shape: [2] }), new layers.BatchNormalization({ name: 'bn', ...options })]);

  test('values: loadPyTorchWeights keeps running variances, or corrects them for a number of elements', async () => {
    const [model, corrected] = [normalization(), normalization()];
    await loadPyTorchWeights(model, state(batchNorm));
    await loadPyTorchWeights(corrected, state(batchNorm), { sampleCount: 5 });
    const [variance, smaller] = [model, corrected].map((each) => [...each.getWeights()[3]!.data]);
    expect(variance).toEqual([...lcg([2], 4)]);
    expect(smaller).toEqual(variance!.map((value) => Math.fround(Math.fround(value * 4) / 5)));
  });

  test("values: loadPyTorchWeights compares settings that the state dict does not contain with PyTorch's", async () => {
    const { notes } = await loadPyTorchWeights(normalization(), state(batchNorm));
    expect(notes).toEqual([
      "BatchNormalization bn has epsilon 0.001; PyTorch's eps is 0.00001 unless it was given.",
      "BatchNormalization bn has momentum 0.99; PyTorch's 0.1, unless it was given, is 0.9 in Keras.",
    ]);
    await expect(loadPyTorchWeights(normalization(), state(batchNorm), { eps: 1e-5 })).rejects.toThrow(
      "[loadPyTorchWeights] BatchNormalization bn must have epsilon 0.00001 for PyTorch's eps=0.00001. Received: epsilon=0.001. Make the layer with { epsilon: 0.00001 }.",
    );
    await expect(loadPyTorchWeights(normalization(), state(batchNorm), { momentum: 0.1 })).rejects.toThrow(
      "[loadPyTorchWeights] BatchNormalization bn must have momentum 0.9 for PyTorch's momentum=0.1. Received: momentum=0.99. Make the layer with { momentum: 0.9 }.",
    );
    const right = normalization({ momentum: 0.8, epsilon: 1e-4 });
    expect((await loadPyTorchWeights(right, state(batchNorm), { momentum: 0.2, eps: 1e-4 })).notes).toEqual([]);
  });
});

describe('what is refused', () => {
  const file = state({ 'fc.weight': [3, 3], 'gc.weight': [2, 3] });
  test.each([
    [{ names: { x: 'fc' } }, '[loadPyTorchWeights] unknown layer with weights in names "x". Known: "a".'],
    [{ names: { a: 'fd' } }, '[loadPyTorchWeights] unknown module "fd". Known: "fc", "gc".'],
    [
      { names: { a: 'gc' } },
      '[loadPyTorchWeights] Dense a must be Linear with a kernel of [3, 3] here. Received: "gc", which has a weight that would be [3, 2], not [3, 3]. Use another module, or change the layer.',
    ],
    [
      { names: { a: ['fc', 'gc'] } },
      `[loadPyTorchWeights] names must contain 1 of PyTorch's modules for Dense a. Received: ["fc", "gc"].`,
    ],
    [{ names: { a: 3 as never } }, '[loadPyTorchWeights] names must contain module names. Received: 3 for Dense a.'],
    [{ name: {} } as never, '[loadPyTorchWeights] unknown option "name". Did you mean "names"?'],
    [{ sampleCount: 1 }, '[loadPyTorchWeights] sampleCount must be an integer ≥ 2. Received: sampleCount=1.'],
  ])('what is refused: %j', async (options, message) => {
    await expect(loadPyTorchWeights(line('a'), file, options)).rejects.toThrow(message);
  });

  test('what is refused: loadPyTorchWeights refuses a module that is assigned twice', async () => {
    await expect(loadPyTorchWeights(line('a', 'b'), file, { names: { a: 'fc', b: 'fc' } })).rejects.toThrow(
      '[loadPyTorchWeights] a module can be assigned to one layer only. Received: "fc" for two.',
    );
  });

  test('what is refused: loadPyTorchWeights refuses a file of torch.save', async () => {
    await expect(loadPyTorchWeights(line('a'), new Uint8Array([0x50, 0x4b, 3, 4]))).rejects.toThrow(
      '[loadPyTorchWeights] a PyTorch state dict must be a safetensors file. Received: a file of torch.save, which only Python can read. Write it with safetensors.torch.save_file(network.state_dict(), path).',
    );
  });

  test('what is refused: loadPyTorchWeights refuses a model that is not built', async () => {
    const model = new Sequential([dense('a')], { name: 'empty' });
    await expect(loadPyTorchWeights(model, file)).rejects.toThrow(
      '[loadPyTorchWeights] the model must have weights. Received: Sequential empty without weights. If it is not built, call build([…]), or call it on data first.',
    );
  });
});
