import { Tensor, tensor } from 'evenkeel';
import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../../src/core/shape.ts';
import { arrangeWeights } from '../../../../src/keras/trainers/compile/arrange-targets.ts';
import { ArrayDataAdapter } from '../../../../src/keras/trainers/data-adapters/array-data-adapter.ts';
import { classWeightsOf, readClassWeight } from '../../../../src/keras/trainers/data-adapters/class-weight.ts';
import { getDataAdapter, trainValidationSplit } from '../../../../src/keras/trainers/data-adapters/get-data-adapter.ts';
import type { Batch } from '../../../../src/keras/trainers/data-adapters/data-adapter.ts';
import { readBatch } from '../../../../src/keras/trainers/data-adapters/read-batch.ts';
import { numbers, rows, unknownModel } from './batches.ts';

const given = { y: null, sampleWeight: null, classWeight: null };

describe('readBatch', () => {
  test('readBatch: nested arrays get the floating-point type of the model', () => {
    expect(readBatch('m', { ...given, x: [[0.1]] }, unknownModel('float64')).x).toMatchObject([
      { data: new Float64Array([0.1]) },
    ]);
    expect(readBatch('m', { ...given, x: [[true]] }, unknownModel()).x).toMatchObject([{ dtype: 'bool' }]);
  });

  test('readBatch lists and records become flat lists and a structure', () => {
    const record = readBatch('m', { ...given, x: { a: [1], b: [2] } }, unknownModel());
    expect(record.x.map(({ data }) => data[0])).toEqual([1, 2]);
    expect(record.structure.x.paths).toEqual(['.a', '.b']);
    const list = readBatch('m', { ...given, x: [tensor([1]), tensor([2])] }, unknownModel());
    expect(list.structure.x.paths).toEqual(['[0]', '[1]']);
    expect(list.structure.x.unflatten(['first', 'second'])).toEqual(['first', 'second']);
  });

  test('readBatch: an output whose weights are null has none', () => {
    const batch = readBatch(
      'm',
      { ...given, x: [[1], [2]], y: { a: [1, 2], b: [3, 4] }, sampleWeight: { a: null, b: [2, 3] } },
      unknownModel(),
    );
    expect(batch.sampleWeight.map(({ data }) => Array.from(data))).toEqual([[2, 3]]);
    expect(arrangeWeights('m', batch.structure.sampleWeight, { names: ['a', 'b'], count: 2 })).toEqual([null, 0]);
  });

  test('readBatch: class weights become the weights of the rows', () => {
    const batch = readBatch(
      'm',
      { ...given, x: [[1], [2]], y: [0, 1], classWeight: new Map([[1, 5]]) },
      unknownModel(),
    );
    expect(numbers(batch.sampleWeight)).toEqual([1, 5]);
    expect(() =>
      readBatch('m', { x: [[1]], y: [0], sampleWeight: [1], classWeight: new Map([[1, 5]]) }, unknownModel()),
    ).toThrow('[m] only one of sampleWeight and classWeight can be given. Received: both.');
  });

  test('readBatch: arrays of different lengths, empty arrays and values that are not data are refused', () => {
    const options = { batchSize: 1, shuffle: false, needsTargets: true, expected: unknownModel } as const;
    const read = (x: unknown, y: unknown): unknown => getDataAdapter('Sequential net', { ...given, x, y }, options);
    expect(() => read([[1], [2]], [1])).toThrow(
      '[Sequential net] all arrays must have the same number of rows. Received: x of shape [2, 1], y of shape [1].',
    );
    expect(() => read([], [])).toThrow(
      '[Sequential net] the data must have at least one row. Received: x of shape [0].',
    );
    expect(() => read([[1, 2], [3]], [1, 2])).toThrow(/^\[Sequential net\] x: .*ragged/);
    expect(() => read(3, [1])).toThrow('[Sequential net] x must have an axis for the rows. Received: a single number.');
    expect(() => read('data', [1])).toThrow(
      '[Sequential net] x must be a tensor, nested arrays of numbers, or a list or record of these. Received: "data".',
    );
    expect(() => read(undefined, [1])).toThrow('[Sequential net] x must be given. Received: x=undefined.');
    expect(() => read(new Set([[[1]]]), [1])).toThrow(
      '[Sequential net] y must be part of the batches where x is an iterable of batches. Received: y and an iterable.',
    );
  });
});

describe('ArrayDataAdapter', () => {
  test.each([1, 3, 16, 20])(
    'ArrayDataAdapter: shuffled batches keep inputs and targets together, rows of %s numbers',
    (width) => {
      const data = new ArrayDataAdapter(rows(10, width), { batchSize: 4, shuffle: true, float: 'float32' });
      const seen: number[] = [];
      const sizes: number[] = [];
      const pass = data.pass() as Iterator<Batch>;
      for (let step = pass.next(); step.done !== true; step = pass.next()) {
        const { x, y, size } = step.value;
        const indices = numbers(y);
        expect(numbers(x)).toEqual(indices.flatMap((row) => Array.from({ length: width }, (_, i) => row * width + i)));
        seen.push(...indices);
        sizes.push(size);
      }
      expect(sizes).toEqual([4, 4, 2]);
      expect(seen.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(data.batchCount).toBe(3);
    },
  );

  test('ArrayDataAdapter: floating-point data is fed in the type of the model, integers in their own', () => {
    const whole = { ...rows(4, 2), y: [tensor(new Uint8Array([1, 2, 3, 4]))] };
    const pass = new ArrayDataAdapter(whole, {
      batchSize: 4,
      shuffle: false,
      float: 'float64',
    }).pass() as Iterator<Batch>;
    expect(pass.next().value).toMatchObject({ x: [{ dtype: 'float64', shape: [4, 2] }], y: [{ dtype: 'uint8' }] });
  });

  test('ArrayDataAdapter: batches in the order of the data share its memory, unless their dtype is another', () => {
    const whole = rows(5, 2);
    const batchesOf = (float: 'float32' | 'float64'): Batch[] => [
      ...({
        [Symbol.iterator]: () => new ArrayDataAdapter(whole, { batchSize: 2, shuffle: false, float }).pass(),
      } as Iterable<Batch>),
    ];
    const batches = batchesOf('float32');
    expect(batches.map(({ x }) => [...x[0]!.data])).toEqual([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]); // prettier-ignore
    for (const { x } of batches) expect(x[0]!.data.buffer).toBe(whole.x[0]!.data.buffer);
    expect(batchesOf('float64')[2]!.x[0]!.data.buffer).not.toBe(whole.x[0]!.data.buffer);
  });

  test('ArrayDataAdapter: a validation split copies no data', () => {
    const options = { batchSize: 2, shuffle: false, needsTargets: true, expected: unknownModel } as const;
    const data = new ArrayDataAdapter(rows(10, 2), { ...options, float: 'float32' });
    const [training, validation] = trainValidationSplit('m', data, 0.2, options, false);
    expect([training.rowCount, validation.rowCount]).toEqual([8, 2]);
    const [rest] = validation.known ?? [];
    expect(numbers(rest!.x)).toEqual([16, 17, 18, 19]);
    expect(rest!.x[0]!.data.buffer).toBe(data.known[0].x[0]!.data.buffer);
  });
});

describe('class weights', () => {
  const weights = new Map([
    [0, 1],
    [1, 2],
  ]);
  const of = (y: Tensor, output: Shape | null = null, float: 'float32' | 'float64' = 'float32'): Tensor =>
    classWeightsOf('m', y, { weights, float, output });

  test('class weights: labels and one-hot rows are weighted alike; a missing class weighs 1', () => {
    expect(numbers([of(tensor([0, 1, 2]))])).toEqual([1, 2, 1]);
    expect(numbers([of(tensor([[1], [0]]))])).toEqual([2, 1]);
    const oneHot = tensor([
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(of(oneHot, null, 'float64')).toMatchObject({ data: new Float64Array([2, 1]) });
  });

  test('class weights of sequences: every step has the weight of its own label', () => {
    const labels = tensor([
      [0, 1, 1],
      [1, 0, 0],
    ]);
    const expected = { data: new Float32Array([1, 2, 2, 2, 1, 1]), shape: [2, 3] };
    expect(of(labels, [null, 3, 2])).toMatchObject(expected);
    expect(of(labels, [null, 3, 1])).toMatchObject(expected);
    expect(of(new Tensor(labels.data, [2, 3, 1], labels.dtype))).toMatchObject(expected);
    const oneHot = [...labels.data].flatMap((label) => [1 - label, label]);
    expect(of(new Tensor(Float32Array.from(oneHot), [2, 3, 2], 'float32'))).toMatchObject(expected);
    expect(() => of(tensor([[0, 2]]))).toThrow(
      '[m] classWeight needs one-hot targets, or a model whose output is known. Received: y of shape [1, 2] with labels. Give the first layer an input shape, or call model.build(shape).',
    );
  });

  test('malformed class weights are refused', () => {
    expect(() => readClassWeight('m', { a: 1 })).toThrow(
      '[m] classWeight must map classes (integers) to numbers. Received: "a": 1.',
    );
    expect(() => readClassWeight('m', 3)).toThrow(
      '[m] classWeight must be a record or a Map from classes to weights. Received: 3.',
    );
  });
});
