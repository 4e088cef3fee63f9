import { describe, expect, test } from 'vitest';
import { camelCase, readInventory } from '../../../../scripts/features/inventory.ts';
import * as callbacks from '../../../../src/keras/callbacks/index.ts';
import * as constraints from '../../../../src/keras/constraints/index.ts';
import * as initializers from '../../../../src/keras/initializers/index.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import * as losses from '../../../../src/keras/losses/index.ts';
import * as metrics from '../../../../src/keras/metrics/index.ts';
import * as optimizers from '../../../../src/keras/optimizers/index.ts';
import * as regularizers from '../../../../src/keras/regularizers/index.ts';
import { type ArgumentsClass, positionalNames, takeArguments } from '../../../../src/keras/saving/arguments.ts';
import { fields } from '../../../../src/index.ts';

const rooms: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ...{ layers, losses, metrics, initializers, regularizers, constraints, optimizers, callbacks },
  schedules: optimizers.schedules,
};

/** The bases, which are not constructed. */
const BASES = ['Layer', 'Loss', 'Metric', 'Initializer', 'Regularizer', 'Constraint', 'Optimizer', 'Callback'];

const cases = readInventory().flatMap(({ section, name, kind, arguments: given }) => {
  const found = rooms[section]?.[name];
  if (kind !== 'class' || found === undefined || BASES.includes(name) || name === 'CallbackList') return [];
  const order = given.map((argument) => camelCase(argument.replace('?', '').split('=')[0] ?? ''));
  const required = given.filter((argument) => !/[=?]/.test(argument)).length;
  return [{ name: `${section}.${name}`, made: found as ArgumentsClass, order, required }];
});

test.each(cases)('$name accepts arguments by position in the order of Keras', ({ made, order, required }) => {
  const own = positionalNames(made);
  expect(order.slice(0, own.length)).toEqual(own);
  expect(own.length).toBeGreaterThanOrEqual(Math.min(order.length, Math.max(required, 1)));
});

describe('arguments by position and by name', () => {
  const pool = (...args: ConstructorParameters<typeof layers.MaxPooling2D>): layers.MaxPooling2D =>
    new layers.MaxPooling2D(...args);

  test('an argument is the same by position and by name', () => {
    expect(new layers.MaxPooling2D([2, 3], 1, { padding: 'same' })).toMatchObject({
      poolSize: [2, 3],
      strides: [1, 1],
      padding: 'same',
    });
    expect(pool({ poolSize: 3 }).poolSize).toEqual([3, 3]);
    expect(new layers.Dense({ units: 10, activation: 'relu' }).getConfig()['units']).toBe(10);
    expect(new layers.Dense(10, 'relu').getConfig()['activation']).toBe('relu');
    expect(new layers.ReLU(6).maxValue).toBe(6);
    expect(new layers.UpSampling2D(2).size).toEqual([2, 2]);
    expect(new layers.ZeroPadding2D(1).getConfig()['padding']).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(new layers.Embedding({ inputDim: 5, outputDim: 3 }).givenInputShape).toBeNull();
    expect(new optimizers.Adam(0.01, 0.5)).toMatchObject({ beta1: 0.5 });
    expect(new optimizers.SGD(0.01, 0.9, { nesterov: true })).toMatchObject({ momentum: 0.9, nesterov: true });
    expect(new optimizers.AdamW(0.01, 0.1).weightDecay).toBe(0.1);
    expect(new regularizers.L2(0.5).l2).toBe(0.5);
    expect(new regularizers.L1L2(0.5, 0.25)).toMatchObject({ l1: 0.5, l2: 0.25 });
    expect(new losses.MeanSquaredError('sum').reduction).toBe('sum');
    expect(new losses.Huber(2).getConfig()['delta']).toBe(2);
    expect(new metrics.AUC(50).getConfig()['num_thresholds']).toBe(50);
    expect(new metrics.MeanIoU(3, 'iou')).toMatchObject({ numClasses: 3, name: 'iou' });
    expect(new initializers.RandomNormal(0, 0.02).getConfig()['stddev']).toBe(0.02);
    expect(new callbacks.EarlyStopping('loss', 0, 3)).toMatchObject({ monitor: 'loss', patience: 3 });
    expect(layers.Input([28, 28, 1]).shape).toEqual([null, 28, 28, 1]);
    expect(layers.Input([4], 8).shape).toEqual([8, 4]);
  });

  test('a custom class accepts its fields by position without a declaration', () => {
    class Power extends layers.Layer {
      static override readonly className: string = 'Power';
      static override readonly fields = { exponent: fields.number(2), offset: fields.number(0) };
      declare readonly exponent: number;
      constructor(...args: readonly unknown[]) {
        super(...takeArguments(new.target, args));
      }
      override call(): never {
        throw new Error('not called');
      }
    }
    expect(new Power(3, { offset: 1 })).toMatchObject({ exponent: 3, offset: 1 });
  });

  test('an argument that is given twice is refused', () => {
    const again: object = { units: 3 };
    expect(() => new layers.Dense(2, again)).toThrow(
      new TypeError('[Dense] units must be given once. Received: units by position and in the options.'),
    );
  });

  test('more values than a class accepts by position are refused with their names', () => {
    expect(() => new layers.Flatten('channels_last', 'x' as never)).toThrow(
      new TypeError(
        '[Flatten] only dataFormat can be given by position, then an object with the other options. Received: 2 values.',
      ),
    );
    expect(() => new layers.Add(3 as never)).toThrow(new TypeError('[Add] options must be an object. Received: 3.'));
  });
});
