import { expect, test } from 'vitest';
import { constant } from '../../../../src/compiler/graph/leaves.ts';
import type { Config } from '../../../../src/core/config.ts';
import type { DType } from '../../../../src/core/dtype.ts';
import type { Tensor } from '../../../../src/core/tensor.ts';
import * as metrics from '../../../../src/keras/metrics/index.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, type GoldenTolerance, loadGolden } from '../../../support/golden.ts';
import { goldenTensor } from '../losses/golden-values.ts';
import { traceUpdate, updateMetric } from './update-metric.ts';

interface Update {
  readonly values?: GoldenArray;
  readonly yTrue?: GoldenArray;
  readonly yPred?: GoldenArray;
  readonly sampleWeight: GoldenArray | null;
}

/** The fields are described in test/golden/make/metrics.py. */
interface MetricCase {
  readonly kind: string;
  readonly metric: string;
  readonly dtype: DType;
  readonly options: Readonly<Record<string, unknown>>;
  readonly serialized: string;
  readonly updates: readonly Update[];
  readonly results: readonly GoldenArray[];
  readonly variables: readonly { readonly name: string; readonly value: GoldenArray }[];
  readonly note?: string;
  readonly tolerance?: GoldenTolerance;
  readonly error?: readonly [string, string];
}

const cases = loadGolden<MetricCase>('metrics')
  .cases.filter(({ kind }) => kind === 'metric')
  .map((golden, i) => {
    const { metric, options, note } = golden;
    return [
      `${metric} ${JSON.stringify(options)}${note === undefined ? '' : ` (${note})`}, case ${i},`,
      golden,
    ] as const;
  });

/** Keras writes the weights of labels as a tensor; here they are a list. */
function plainWeights(config: Config): Config {
  const weights = config['label_weights'] ?? null;
  if (typeof weights !== 'object' || weights === null || !('config' in weights)) return config;
  const { value } = weights['config'] as { value: readonly number[] };
  return { ...config, label_weights: value };
}

/** Keras's config of a case. */
function configOf({ serialized, dtype }: MetricCase): Config {
  const written = JSON.parse(serialized) as { readonly config: Config };
  return plainWeights({ ...written.config, dtype });
}

/** The metric of a case. Its options are given too, since the config of some of Keras's metrics lacks them. */
function make(golden: MetricCase): metrics.Metric {
  const config = { ...configOf(golden), ...(golden.options as Config) };
  return metrics.get({ class_name: golden.metric, config });
}

function run(metric: metrics.Metric, { values, yTrue, yPred, sampleWeight }: Update): Tensor {
  const weight = sampleWeight === null ? null : goldenTensor(sampleWeight);
  if (yPred !== undefined) return updateMetric(metric, goldenTensor(yTrue!), goldenTensor(yPred), weight);
  return traceUpdate(metric, (trace) => {
    metric.updateState(trace, constant(goldenTensor(values!)), weight as never);
  });
}

test.each(cases)('%s has the results of Keras', (_, golden) => {
  const metric = make(golden);
  const { updates, results, variables, tolerance = { rtol: 1e-9 } } = golden;
  const found = results.map((_, i) => run(metric, updates[i]!));
  for (const [i, result] of results.entries()) {
    expect(found[i]!.shape).toEqual(result.shape);
    expectClose(found[i]!.data, result.data, tolerance);
  }
  if (golden.error !== undefined) {
    expect(() => run(metric, updates[results.length]!)).toThrow('sampleWeight must broadcast');
    return;
  }
  expect(metric.variables.map(({ name }) => name)).toEqual(variables.map(({ name }) => name));
  for (const [i, { value }] of variables.entries()) {
    expectClose(metric.variables[i]!.value.data, value.data, tolerance);
  }
  metric.resetState();
  expect(metric.variables.every(({ value }) => value.data.every((x) => x === 0))).toBe(true);
});

test.each(cases)('%s reads and writes the config of Keras', (_, golden) => {
  const config = configOf(golden);
  const metric = metrics.get({ class_name: golden.metric, config });
  expect(metric.getConfig()).toEqual(config);
});
