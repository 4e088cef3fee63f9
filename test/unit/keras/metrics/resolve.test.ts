import { expect, test } from 'vitest';
import type { Config } from '../../../../src/core/config.ts';
import { resetNames } from '../../../../src/core/names.ts';
import * as metrics from '../../../../src/keras/metrics/index.ts';
import { type GoldenValue, loadGolden } from '../../../support/golden.ts';
import { camelCase } from '../losses/golden-values.ts';

interface ConfigCase {
  readonly kind: string;
  readonly section: string;
  readonly class: string;
  readonly options: Readonly<Record<string, GoldenValue>>;
  readonly getConfig: string;
  readonly serialized: string;
}

const classes = metrics as unknown as Record<string, new (options: object) => metrics.Metric>;

test.each(
  loadGolden<ConfigCase>('vocabulary').cases.filter(({ kind, section }) => kind === 'config' && section === 'metrics'),
)('the config of $class $options is that of Keras', (entry) => {
  resetNames();
  const metric = new classes[entry.class]!(camelCase(entry.options));
  expect(JSON.stringify(metric.getConfig())).toBe(JSON.stringify(JSON.parse(entry.getConfig)));
  const serialized = JSON.parse(entry.serialized) as { class_name: string; config: Config };
  expect(metrics.serialize(metric)).toEqual(serialized);
  expect(metrics.get(serialized).getConfig()).toEqual(metric.getConfig());
});

interface ResolveCase {
  readonly kind: string;
  readonly identifier: string;
  readonly outputShape: readonly number[];
  readonly targetShape: readonly number[];
  readonly metricClass?: string;
  readonly metricName?: string;
  readonly error?: readonly [string, string];
}

test.each(loadGolden<ResolveCase>('metrics').cases.filter(({ kind }) => kind === 'resolve'))(
  '$identifier for outputs $outputShape and targets $targetShape is a $metricClass',
  ({ identifier, outputShape, targetShape, metricClass, metricName, error }) => {
    const run = (): metrics.Metric => metrics.resolve(identifier, [null, ...targetShape], [null, ...outputShape]);
    if (error !== undefined) {
      expect(run).toThrow(`[metrics.resolve] unknown metric "${identifier}".`);
      return;
    }
    expect(metrics.serialize(run()).class_name).toBe(metricClass);
    expect(run().name).toBe(metricName);
  },
);

test('the state can be float64', () => {
  const shapes = [[null], [null, 3], 'fit', { customObjects: {} }, 'float64'] as const;
  expect(metrics.resolve('accuracy', ...shapes).dtype).toBe('float64');
  expect(metrics.resolve('sparse_categorical_accuracy', ...shapes).dtype).toBe('float64');
  const own = new metrics.Mean();
  expect(metrics.resolve(own, ...shapes)).toBe(own);
  expect(own.name).toBe('mean');
});

test('a metric from a string without shapes has the name of its class', () => {
  expect(metrics.get('mse').name).toBe('mean_squared_error');
  expect(metrics.get('accuracy')).toBeInstanceOf(metrics.Accuracy);
  expect(metrics.get('SparseTopKCategoricalAccuracy').name).toBe('sparse_top_k_categorical_accuracy');
});

test.each([
  [
    () => metrics.get('acuracy', 'compile'),
    new TypeError('[compile] unknown metric "acuracy". Did you mean "accuracy"?'),
  ],
  [
    () => metrics.get(3 as never, 'compile'),
    new TypeError('[compile] a metric must be a name, a config object, a Metric or a function. Received: 3.'),
  ],
  [
    () =>
      metrics.get(
        metrics.serialize(
          metrics.get(function mine(_, p) {
            return p;
          }),
        ),
        'loadModel',
      ),
    new TypeError(
      '[MeanMetricWrapper] fn must be a function. Received: fn="mine". Pass the function of a config in customObjects under its name.',
    ),
  ],
])('mistakes are refused with a fix (%#)', (run, error) => {
  expect(run).toThrow(error);
});

test('every metric and function that Keras 3.15.1 exports under metrics exists', () => {
  const classes =
    'AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy CategoricalCrossentropy CategoricalHinge ConcordanceCorrelation CosineSimilarity F1Score FBetaScore FalseNegatives FalsePositives Hinge IoU KLDivergence LogCoshError Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanSquaredError MeanSquaredLogarithmicError Metric OneHotIoU OneHotMeanIoU PearsonCorrelation Poisson Precision PrecisionAtRecall R2Score Recall RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge Sum TopKCategoricalAccuracy TrueNegatives TruePositives';
  const functions =
    'binaryAccuracy binaryCrossentropy binaryFocalCrossentropy categoricalAccuracy categoricalCrossentropy categoricalFocalCrossentropy categoricalHinge concordanceCorrelation get hinge huber klDivergence logCosh meanAbsoluteError meanAbsolutePercentageError meanSquaredError meanSquaredLogarithmicError pearsonCorrelation poisson serialize sparseCategoricalAccuracy sparseCategoricalCrossentropy sparseTopKCategoricalAccuracy squaredHinge topKCategoricalAccuracy';
  const exported: Readonly<Record<string, unknown>> = metrics;
  const missing = `${classes} ${functions}`.split(' ').filter((name) => typeof exported[name] !== 'function');
  expect(missing).toEqual([]);
});

test('the names of metrics are those of Keras', () => {
  expect(metrics.get('pearson_correlation')).toBeInstanceOf(metrics.PearsonCorrelation);
  expect(metrics.get('ConcordanceCorrelation').name).toBe('concordance_correlation');
  expect(metrics.get(metrics.pearsonCorrelation).name).toBe('pearson_correlation');
  expect(metrics.get({ class_name: 'one_hot_mean_io_u', config: { num_classes: 2 } })).toBeInstanceOf(
    metrics.OneHotMeanIoU,
  );
});
