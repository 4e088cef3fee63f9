import { Input, Sequential, resetNames } from 'evenkeel';
import type { CompileOptions, Config } from 'evenkeel';
import { Dense } from 'evenkeel/layers';
import { SparseCategoricalCrossentropy } from 'evenkeel/losses';
import { SparseCategoricalAccuracy } from 'evenkeel/metrics';
import { SGD } from 'evenkeel/optimizers';
import { beforeEach, describe, expect, test } from 'vitest';
import { uniqueNames } from '../../../../src/keras/trainers/compile/metric-names.ts';
import { metricsPerOutput, perOutput } from '../../../../src/keras/trainers/compile/per-output.ts';
import { loadGolden } from '../../../support/golden.ts';

interface CompileCase {
  readonly kind: string;
  readonly compile: string | null;
  readonly compileConfig: string | null;
}

const golden = new Map(
  loadGolden<CompileCase>('vocabulary')
    .cases.filter(({ kind }) => kind === 'model')
    .map(({ compile, compileConfig }) => [compile, compileConfig]),
);

const given: Readonly<Record<string, () => CompileOptions>> = {
  "optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy']": () => ({
    optimizer: 'adam',
    loss: 'sparse_categorical_crossentropy',
    metrics: ['accuracy'],
  }),
  '(defaults)': () => ({}),
  "optimizer='sgd', loss='mse'": () => ({ optimizer: 'sgd', loss: 'mse' }),
  "optimizer=SGD(0.5, momentum=0.9), loss=SparseCategoricalCrossentropy(from_logits=True), metrics=[SparseCategoricalAccuracy(), 'mse']":
    () => ({
      optimizer: new SGD({ learningRate: 0.5, momentum: 0.9 }),
      loss: new SparseCategoricalCrossentropy({ fromLogits: true }),
      metrics: [new SparseCategoricalAccuracy(), 'mse'],
    }),
  "optimizer='adam', loss=['mse'], metrics=[['mae', 'mse']]": () => ({
    optimizer: 'adam',
    loss: ['mse'],
    metrics: [['mae', 'mse']],
  }),
};

beforeEach(() => resetNames());

describe('the compile config', () => {
  const model = (): Sequential => new Sequential([Input({ shape: [4] }), new Dense(3)]);

  test.each(Object.keys(given))('the compile config is Keras’s: %s', (name) => {
    const compiled = model();
    compiled.compile(given[name]!());
    const expected = JSON.parse(golden.get(name)!) as Config;
    expect(JSON.stringify(compiled.getCompileConfig(), null, 1)).toBe(JSON.stringify(expected, null, 1));
  });

  test.each(Object.keys(given))('compiles another model in the same way: %s', (name) => {
    const [first, second] = [model(), model()];
    first.compile(given[name]!());
    second.compileFromConfig(JSON.parse(JSON.stringify(first.getCompileConfig())) as Config);
    expect(second.getCompileConfig()).toEqual(first.getCompileConfig());
    expect(second.optimizer.built).toBe(true);
  });

  test('is empty before compile', () => {
    expect(model().getCompileConfig()).toEqual({});
  });

  test('refers to functions by name', () => {
    const compiled = model();
    compiled.compile({
      loss: function mine(yTrue) {
        return yTrue;
      },
    });
    expect(compiled.getCompileConfig()['loss']).toEqual({
      module: 'builtins',
      class_name: 'function',
      config: 'mine',
      registered_name: 'function',
    });
    const again = model();
    expect(() => again.compileFromConfig(compiled.getCompileConfig())).toThrow(/unknown loss "mine"/);
    again.compileFromConfig(compiled.getCompileConfig(), { customObjects: { mine: (yTrue: unknown) => yTrue } });
  });
});

describe('options for several outputs', () => {
  const two = { count: 2, names: ['a', 'b'] };

  test('perOutput accepts one entry for all, a list, or a record', () => {
    expect(perOutput('m', 'loss', 'mse', two)).toEqual(['mse', 'mse']);
    expect(perOutput('m', 'loss', ['mse', null], two)).toEqual(['mse', null]);
    expect(perOutput('m', 'loss', { b: 'mae' }, two)).toEqual([null, 'mae']);
    expect(perOutput('m', 'loss', { class_name: 'Huber', config: {} }, two)).toHaveLength(2);
  });

  test('perOutput refuses entries that match no output', () => {
    expect(() => perOutput('m', 'loss', ['mse'], two)).toThrow(
      '[m] compile: loss must have an entry for each of the 2 outputs. Received: ["mse"].',
    );
    expect(() => perOutput('m', 'loss', { c: 'mse' }, two)).toThrow('[m] unknown output in loss "c". Known: "a", "b".');
    expect(() => perOutput('m', 'loss', { c: 'mse' }, { count: 2, names: null })).toThrow(
      '[m] compile: loss can only be a record if the outputs have names. Received: ["c"].',
    );
  });

  test('metricsPerOutput returns a list for each output', () => {
    expect(metricsPerOutput('m', 'metrics', [['mae', 'mse'], null], two)).toEqual([['mae', 'mse'], []]);
    expect(metricsPerOutput('m', 'metrics', ['mae', ['mse']], two)).toEqual([['mae'], ['mse']]);
    expect(metricsPerOutput('m', 'metrics', { b: 'mae' }, two)).toEqual([[], ['mae']]);
    expect(metricsPerOutput('m', 'metrics', null, two)).toEqual([[], []]);
  });
});

describe('names of metrics', () => {
  const one = (...names: string[]): { output: null; names: string[] }[] => [{ output: null, names }];

  test('uniqueNames makes the names that Keras makes', () => {
    expect(uniqueNames(one('mae', 'mae'), one('mae'))).toEqual(['mae', 'mae_1', 'weighted_mae']);
    expect(uniqueNames([], one('mae', 'mae'))).toEqual(['mae', 'weighted_mae']);
    expect(uniqueNames([{ output: 'a', names: ['mae'] }], [{ output: 'a', names: ['mae'] }])).toEqual([
      'a_mae',
      'a_weighted_mae',
    ]);
  });
});
