import { describe, expect, test } from 'vitest';
import type { Config } from '../../../../src/core/config.ts';
import { ValueError } from '../../../../src/core/errors.ts';
import { tensor } from '../../../../src/core/tensor.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import * as losses from '../../../../src/keras/losses/index.ts';
import { checkLabels } from '../../../../src/keras/losses/targets.ts';
import { type GoldenValue, loadGolden } from '../../../support/golden.ts';
import { camelCase } from './golden-values.ts';

interface ConfigCase {
  readonly kind: string;
  readonly section: string;
  readonly class: string;
  readonly options: Readonly<Record<string, GoldenValue>>;
  readonly getConfig: string;
  readonly serialized: string;
}

const { cases } = loadGolden<ConfigCase>('vocabulary');
const classes = losses as unknown as Record<string, new (options: object) => losses.Loss>;

/** Keras leaves these arguments out; here they are written where they are not the default. */
const extra: Readonly<Record<string, string>> = { Huber: 'delta', CosineSimilarity: 'axis' };

test.each(cases.filter(({ kind, section }) => kind === 'config' && section === 'losses'))(
  'the config of $class $options is that of Keras',
  (entry) => {
    const loss = new classes[entry.class]!(camelCase(entry.options));
    const added = extra[entry.class] ?? '';
    const { [added]: value, ...config } = loss.getConfig();
    expect(value).toBe(entry.options[added]);
    expect(JSON.stringify(config)).toBe(JSON.stringify(JSON.parse(entry.getConfig)));
    const serialized = JSON.parse(entry.serialized) as { class_name: string; config: Config };
    expect(losses.serialize(loss)).toEqual({ ...serialized, config: loss.getConfig() });
    expect(losses.get(losses.serialize(loss)).getConfig()).toEqual(loss.getConfig());
    expect(losses.get(serialized)).toBeInstanceOf(classes[entry.class]);
  },
);

test('the name of a function becomes the name of the loss, that of a class does not', () => {
  expect(losses.get('mse')).toBeInstanceOf(losses.MeanSquaredError);
  expect(losses.get('mse').name).toBe('mse');
  expect(losses.get('huber').name).toBe('huber');
  expect(losses.get('Huber').name).toBe('huber_loss');
  expect(losses.get('sparse_categorical_crossentropy')).toBeInstanceOf(losses.SparseCategoricalCrossentropy);
});

interface ResolveCase {
  readonly kind: string;
  readonly loss: string;
  readonly outputShape: readonly number[];
  readonly targetShape: readonly number[];
  readonly lossFunction: string;
}

const snake = (name: string): string => name.replaceAll(/(?<=.)([A-Z])/g, '_$1').toLowerCase();

test.each(
  loadGolden<ResolveCase>('metrics').cases.filter(({ kind, lossFunction }) => kind === 'resolve' && lossFunction),
)(
  '$loss for outputs $outputShape and targets $targetShape is $lossFunction',
  ({ loss, outputShape, targetShape, lossFunction }) => {
    const found = losses.resolve(loss, [null, ...targetShape], [null, ...outputShape]);
    expect(snake(losses.serialize(found).class_name)).toBe(lossFunction);
    expect(found.name).toBe(loss);
  },
);

describe('checkLabels refuses labels out of range', () => {
  test('labels in range and ignored labels pass the check', () => {
    const loss = new losses.SparseCategoricalCrossentropy({ ignoreClass: 255 });
    loss.checkTargets(tensor([[0], [9], [255]]), [null, 10]);
    new losses.MeanSquaredError().checkTargets(tensor([-1, 0.5]), [null, 1]);
  });

  test.each([
    [tensor([0, 3, 10, -1]), 'label 10 in row 2'],
    [
      tensor([
        [0, 1],
        [2, 3],
        [4, -1],
      ]),
      'label -1 in row 2',
    ],
    [tensor([0.5, 1]), 'label 0.5 in row 0'],
    [tensor([NaN]), 'label NaN in row 0'],
  ])('labels are checked on the host: %#', (labels, bad) => {
    expect(() => checkLabels(labels, 10, 'fit')).toThrow(
      new ValueError(
        `[fit] labels must be integers from 0 to 9, for 10 classes. Received: ${bad}. Number the classes from 0, and give the model's output one unit for each.`,
      ),
    );
  });
});

describe('mistakes are refused with a fix', () => {
  const x = (shape: readonly number[]): ReturnType<typeof input> => input('x', shape, 'float32');
  test.each([
    [
      () => losses.get('mean_square_error', 'compile'),
      new TypeError('[compile] unknown loss "mean_square_error". Did you mean "mean_squared_error"?'),
    ],
    [
      () => losses.get(3 as never, 'compile'),
      new TypeError('[compile] a loss must be a name, a config object, a Loss or a function. Received: 3.'),
    ],
    [
      () => new losses.MeanSquaredError({ reductions: 'sum' } as never),
      new TypeError('[MeanSquaredError] unknown option "reductions". Did you mean "reduction"?'),
    ],
    [
      () => new losses.MeanSquaredError({ reduction: 'average' as never }),
      new TypeError(
        '[MeanSquaredError] reduction must be one of "sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none". Received: reduction="average".',
      ),
    ],
    [
      () => new losses.BinaryCrossentropy({ labelSmoothing: 2 }),
      new ValueError('[BinaryCrossentropy] labelSmoothing must be in [0, 1]. Received: labelSmoothing=2.'),
    ],
    [
      () => losses.deserialize({ class_name: 'Nothing', config: {} }),
      new TypeError('[losses.deserialize] unknown loss "Nothing".'),
    ],
    [
      () => new losses.Dice({ axis: 'last' as never }),
      new TypeError('[Dice] axis must be an integer, a list of integers or null. Received: axis="last".'),
    ],
    [
      () => new losses.CategoricalGeneralizedCrossEntropy({ q: 1 }),
      new ValueError('[CategoricalGeneralizedCrossEntropy] q must be in (0, 1). Received: q=1.'),
    ],
    [
      () => losses.circle(x([4]), x([4, 2, 3])),
      new ValueError(
        '[losses.circle] embeddings must have the shape [batch, size]. Received: shapes [4, 2, 3] and [4, 2, 3].',
      ),
    ],
    [
      () => losses.circle(x([3]), x([4, 2])),
      new ValueError(
        '[losses.circle] there must be one label for each embedding. Received: labels of shape [3], embeddings of shape [4, 2].',
      ),
    ],
    [
      () => losses.ctc(x([4]), x([4, 5, 3])),
      new ValueError(
        '[losses.ctc] yTrue must have the shape [batch, labels], and yPred, the logits, [batch, steps, classes], with a known number of steps. Received: yTrue of shape [4], yPred of shape [4, 5, 3].',
      ),
    ],
    [
      () => losses.ctc(x([3, 2]), x([4, 5, 3])),
      new ValueError(
        '[ops.ctcLoss] target, output and their lengths must have the shapes [batch, labels], [batch, steps, classes], [batch] and [batch]. Received: [3, 2], [4, 5, 3], [3], [3].',
      ),
    ],
    [
      () => new losses.MeanSquaredError().apply(x([4, 3]), x([4, 2])),
      new ValueError(
        "[losses.meanSquaredError] yTrue must have the shape of yPred, or broadcast to it. Received: yTrue of shape [4, 3], yPred of shape [4, 2]. Compare the targets with the shape of the model's output.",
      ),
    ],
    [
      () => new losses.CategoricalCrossentropy().apply(x([4]), x([4, 3])),
      new ValueError(
        '[losses.categoricalCrossentropy] yTrue must have the shape of yPred. Received: yTrue of shape [4], yPred of shape [4, 3]. If the targets are labels, use the sparse categorical cross-entropy.',
      ),
    ],
    [
      () => new losses.SparseCategoricalCrossentropy().apply(x([4, 3]), x([4, 3])),
      new ValueError(
        '[losses.sparseCategoricalCrossentropy] yTrue must have the shape of yPred without the axis of the classes, [4]. Received: yTrue of shape [4, 3], yPred of shape [4, 3]. If the targets are one-hot, use the categorical cross-entropy.',
      ),
    ],
    [
      () =>
        losses.get(
          losses.serialize(
            losses.get(function mine(_, p) {
              return p;
            }),
          ),
          'loadModel',
        ),
      new TypeError(
        '[LossFunctionWrapper] fn must be a function. Received: fn="mine". Pass the function of a config in customObjects under its name.',
      ),
    ],
    [
      () => losses.get(() => 3 as never).apply(x([1]), x([1])),
      new ValueError('[loss] a loss must return a symbolic value. Received: 3. Write it with evenkeel/ops.'),
    ],
  ])('wrong use says how to mend it: %#', (run, error) => {
    expect(run).toThrow(error);
  });
});
