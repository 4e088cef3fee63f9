import { describe, expect, test } from 'vitest';
import * as losses from '../../../../src/keras/losses/index.ts';
import { type Tensor, tensor } from '../../../../src/core/tensor.ts';
import { constant } from '../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { abs, mean, power, sigmoid, softmax, subtract, transpose } from '../../../../src/keras/ops/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, type GoldenValue, loadGolden } from '../../../support/golden.ts';
import { checkGradient, evaluateFunction } from '../../../support/gradient-check.ts';
import { randomTensors } from '../../../support/random-tensors.ts';
import { camelCase, goldenTensor, valueAndGradient } from './golden-values.ts';

interface Case {
  readonly loss: string;
  readonly options: Readonly<Record<string, GoldenValue>>;
  readonly yTrue: GoldenArray;
  readonly yPred: GoldenArray;
  readonly sampleWeight: GoldenArray | null;
  readonly mask: GoldenArray | null;
  readonly note?: string;
  readonly value?: GoldenArray;
  readonly dySeed?: number | null;
  readonly gradient?: GoldenArray;
  readonly error?: readonly [string, string];
}

type LossClass = new (options: object) => losses.Loss;

const golden = loadGolden<Case>('losses');
const classes = losses as unknown as Record<string, LossClass>;

/** Keras's log 2 is float32, even for float64; and TensorFlow computes CTC in float32 alone. */
const tolerances: Readonly<Record<string, number>> = { LogCosh: 1e-7, CTC: 2e-5 };
const toleranceOf = (loss: string): { rtol: number } => ({ rtol: tolerances[loss] ?? 1e-9 });

/** Weights with the axes that Keras aligns with the last axes of the losses; here, weights `[rows]` are those of the rows. */
const fromLastAxis = (weights: Tensor, rank: number): Tensor =>
  weights.reshape([...Array<number>(Math.max(0, rank - weights.rank)).fill(1), ...weights.shape]);

describe('losses have the values and gradients of Keras', () => {
  // Classes on another axis: TensorFlow refuses them, and the test below does not.
  const cases = golden.cases.filter((entry) => entry.error?.[0] !== 'ValueError');
  test.each(cases.map((entry, i) => ({ note: '', ...entry, i })))(
    '$loss $options $note ($i)',
    ({ loss, options, note, yTrue, yPred, sampleWeight, mask, value, dySeed, gradient, error }) => {
      const made = new classes[loss]!(camelCase(options));
      const target = constant(goldenTensor(yTrue));
      const rank = (): number => made.call(target, constant(goldenTensor(yPred))).rank;
      const weights = {
        sampleWeight: sampleWeight === null ? null : fromLastAxis(goldenTensor(sampleWeight), rank()),
        mask: mask === null ? null : goldenTensor(mask),
      };
      const run = (): ReturnType<typeof valueAndGradient> =>
        valueAndGradient((x) => made.apply(target, x, weights), goldenTensor(yPred), dySeed ?? null);
      if (error !== undefined) {
        expect(run).toThrow('yTrue must have the shape of yPred, or broadcast to it.');
        return;
      }
      const found = run();
      expect(found.value.shape).toEqual(value!.shape);
      expectClose(found.value.data, value!.data, toleranceOf(loss));
      // TensorFlow's kernel takes it for granted that targets add up to 1; checked against differences below.
      if (note.startsWith('targets that do not') && options['from_logits'] === true) return;
      expectClose(found.gradient.data, gradient!.data, toleranceOf(loss));
    },
  );
});

test('the gradient for logits is correct if targets do not sum to 1', () => {
  const target = tensor(
    [
      [0.5, 1, 0.25],
      [2, 0, 1],
    ],
    undefined,
    'float64',
  );
  const logits = tensor(
    [
      [1, -2, 0.5],
      [0.1, 3, -1],
    ],
    undefined,
    'float64',
  );
  const loss = new losses.CategoricalCrossentropy({ fromLogits: true });
  checkGradient('the loss', ([x]) => loss.apply(target, x!), [logits]);
});

test('any axis can be that of the classes', () => {
  const labels = tensor([
    [0, 2, 1],
    [1, 1, 0],
  ]);
  const last = randomTensors(1)([2, 3, 4], 0.1, 0.9);
  for (const options of [{}, { fromLogits: true }, { ignoreClass: 1 }]) {
    const value = (axis: number): Tensor =>
      evaluateFunction(
        ([x]) =>
          new losses.SparseCategoricalCrossentropy({ ...options, axis }).apply(
            labels,
            axis === 1 ? transpose(x!, { axes: [0, 2, 1] }) : x!,
          ),
        [last],
      );
    expect(value(1).item()).toBeCloseTo(value(-1).item(), 12);
  }
});

describe('the loss of a softmax or sigmoid is computed from its logits', () => {
  const logits = tensor(
    [
      [200, -200, 0],
      [-3, 1, 2],
    ],
    undefined,
    'float64',
  );
  const bits = tensor([
    [0, 1, 0],
    [1, 0, 1],
  ]);
  const of = (fn: (x: Value) => Value): number[] => [...evaluateFunction(([x]) => fn(x!), [logits]).data];

  test.each([
    ['binary', new losses.BinaryCrossentropy(), new losses.BinaryCrossentropy({ fromLogits: true }), sigmoid, bits],
    [
      'categorical',
      new losses.CategoricalCrossentropy(),
      new losses.CategoricalCrossentropy({ fromLogits: true }),
      softmax,
      bits,
    ],
    [
      'sparse',
      new losses.SparseCategoricalCrossentropy(),
      new losses.SparseCategoricalCrossentropy({ fromLogits: true }),
      softmax,
      tensor([1, 0]),
    ],
  ] as const)('%s', (_, plain, fromLogits, activation, target) => {
    const exact = of((x) => fromLogits.apply(target, x));
    expect(exact[0]).toBeGreaterThan(60);
    expect(of((x) => plain.apply(target, activation(x)))).toEqual(exact);
    // As with TensorFlow, whether or not probabilities are called logits by mistake.
    expect(of((x) => fromLogits.apply(target, activation(x)))).toEqual(exact);
  });

  test('the logits of a softmax along another axis are not used', () => {
    const loss = new losses.CategoricalCrossentropy();
    const along = of((x) => loss.apply(bits, softmax(x, { axis: 0 })));
    expect(along).not.toEqual(of((x) => loss.apply(bits, softmax(x, { axis: 1 }))));
    expect(along[0]).toBeLessThan(20);
  });
});

test('a logit of exactly 0 has the gradient 1/2 − t', () => {
  const loss = new losses.BinaryCrossentropy({ fromLogits: true, reduction: 'sum' });
  const target = tensor([[0], [1]]);
  const { gradient } = valueAndGradient((x) => loss.apply(target, x), tensor([[0], [0]], undefined, 'float64'));
  expect([...gradient.data]).toEqual([0.5, -0.5]);
});

test('the cosine similarity of a zero vector has a finite gradient', () => {
  const loss = new losses.CosineSimilarity();
  const { value, gradient } = valueAndGradient(
    (x) => loss.apply(tensor([[1, 2]]), x),
    tensor([[0, 0]], undefined, 'float64'),
  );
  expect(value.item() + 0).toBe(0);
  expect(gradient.data.every(Number.isFinite)).toBe(true);
});

test('the CTC loss is infinite if there are more labels than steps', () => {
  const logits = randomTensors(3)([2, 3, 4], -1, 1);
  const loss = new losses.CTC({ reduction: 'none' });
  const { value, gradient } = valueAndGradient(
    (x) =>
      loss.apply(
        tensor([
          [1, 1, 2],
          [1, 0, 0],
        ]),
        x,
      ),
    logits,
  );
  expect(value.data[0]).toBe(Infinity);
  expect(value.data[1]).toBeGreaterThan(0);
  expect(gradient.data.every(Number.isFinite)).toBe(true);
});

test('the gradients of Tversky, CTC and Circle equal finite differences', () => {
  const bits = tensor(
    [
      [1, 0, 1],
      [0, 0, 1],
    ],
    undefined,
    'float64',
  );
  const inputs = randomTensors(4)([2, 3], 0.1, 0.9);
  checkGradient('Tversky', ([x]) => losses.tversky(bits, x!, { alpha: 0.3, beta: 0.6, axis: 1 }), [inputs]);
  const sequences = randomTensors(5)([2, 4, 3], -1, 1);
  checkGradient(
    'CTC',
    ([x]) =>
      losses.ctc(
        tensor([
          [1, 2],
          [2, 0],
        ]),
        x!,
      ),
    [sequences],
  );
  const embeddings = randomTensors(6)([4, 3], 0.1, 0.5);
  checkGradient('Circle', ([x]) => losses.circle(tensor([0, 1, 0, 1]), x!, { gamma: 2 }), [embeddings]);
});

test('a loss of no samples is 0', () => {
  const loss = new losses.MeanSquaredError();
  const empty = (): Tensor => tensor(new Float64Array(0), [0, 3]);
  expect(evaluateFunction(([t, p]) => loss.apply(t!, p!), [empty(), empty()]).item()).toBe(0);
});

test('labels can have any type', () => {
  const prediction = randomTensors(2)([3, 4], 0.1, 0.9);
  const loss = new losses.SparseCategoricalCrossentropy();
  const values = (['float32', 'float64', 'int32', 'uint8'] as const).map((dtype) =>
    evaluateFunction(([t, p]) => loss.apply(t!, p!), [tensor([3, 0, 1], undefined, dtype), prediction]).item(),
  );
  expect(new Set(values).size).toBe(1);
});

test('a custom loss returns the losses of samples, which are weighted and reduced', () => {
  class Cubic extends losses.Loss {
    override call(yTrue: Value, yPred: Value): Value {
      return mean(power(abs(subtract(yTrue, yPred)), 3), { axis: -1 });
    }
  }
  const loss = new Cubic();
  expect(loss.name).toMatch(/^cubic/);
  const value = evaluateFunction(
    ([t, p]) => loss.apply(t!, p!, { sampleWeight: [2, 1] }),
    [tensor([[0], [0]], undefined, 'float64'), tensor([[1], [2]], undefined, 'float64')],
  );
  expect(value.item()).toBeCloseTo((2 * 1 + 8) / 2, 9);
});

test('a function is a loss with its name', () => {
  const absolute = (yTrue: Value, yPred: Value): Value => mean(abs(subtract(yTrue, yPred)), { axis: -1 });
  const loss = losses.get(absolute);
  expect(loss.name).toBe('absolute');
  const written = losses.serialize(loss);
  expect(JSON.stringify(written.config)).toBe(
    '{"name":"absolute","reduction":"sum_over_batch_size","fn":{"module":"builtins","class_name":"function","config":"absolute","registered_name":"function"}}',
  );
  const back = losses.get(written, 'compile', { customObjects: { absolute } });
  const found = evaluateFunction(([t, p]) => back.apply(t!, p!), [tensor([[0], [4]]), tensor([[1], [2]])]);
  expect(found.item()).toBe(1.5);
});
