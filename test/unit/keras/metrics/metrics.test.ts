import { describe, expect, test } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';
import { Tensor, tensor } from '../../../../src/core/tensor.ts';
import { constant } from '../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import * as metrics from '../../../../src/keras/metrics/index.ts';
import { abs, maximum, max, softmax, subtract, type Operand } from '../../../../src/keras/ops/index.ts';
import { traceUpdate } from './update-metric.ts';

/** Traces updates of a metric; returns the result after them. */
const update = (metric: metrics.Metric, trace: (trace: Trace) => void): number => traceUpdate(metric, trace).item();

const value = (data: number[], shape: number[]): Value => constant(new Tensor(new Float64Array(data), shape));

test('masked predictions do not count', () => {
  const rmse = new metrics.RootMeanSquaredError({ dtype: 'float64' });
  const mae = new metrics.MeanAbsoluteError({ dtype: 'float64' });
  const masked = (metric: metrics.Metric, sampleWeight: Operand | null): number =>
    update(metric, (trace) => {
      const predictions = value([1, 100, 3, 200], [2, 2, 1]);
      trace.setMask(
        predictions,
        constant([
          [true, false],
          [true, false],
        ]),
      );
      metric.updateState(trace, value([0, 0, 0, 0], [2, 2, 1]), predictions, sampleWeight);
    });
  expect(masked(mae, null)).toBe(2);
  expect(masked(rmse, null)).toBeCloseTo(Math.sqrt(5), 12);
  mae.resetState();
  expect(
    masked(mae, [
      [1, 1],
      [3, 3],
    ]),
  ).toBe(2.5);
});

test('the state is float32 by default, and resetState sets it to zero', () => {
  const mean = new metrics.Mean({ name: 'loss' });
  expect(mean.variables.map(({ path, dtype, trainable }) => `${path} ${dtype} ${String(trainable)}`)).toEqual([
    'loss/total float32 false',
    'loss/count float32 false',
  ]);
  expect(update(mean, (trace) => mean.updateState(trace, [1, 3]))).toBe(2);
  expect(update(mean, (trace) => mean.updateState(trace, [5]))).toBe(3);
  mean.resetState();
  expect(mean.variables.map((variable) => variable.value.item())).toEqual([0, 0]);
  expect(update(mean, () => undefined)).toBe(0);
});

test('two batches in one program are both counted', () => {
  const sum = new metrics.Sum();
  const twice = update(sum, (trace) => {
    sum.updateState(trace, [1, 2]);
    sum.updateState(trace, [3], [2]);
  });
  expect(twice).toBe(9);
});

test('cross-entropies use the logits of a softmax, like the losses', () => {
  const logits = value([200, -200], [1, 2]);
  const metric = new metrics.SparseCategoricalCrossentropy();
  expect(update(metric, (trace) => metric.updateState(trace, [1], softmax(logits)))).toBe(400);
});

test('a function is a metric with its name', () => {
  const farthest = (yTrue: Value, yPred: Value): Value => max(abs(subtract(yTrue, yPred)), { axis: -1 });
  const metric = metrics.get(farthest);
  expect(metric.name).toBe('farthest');
  const written = metrics.serialize(metric);
  expect(JSON.stringify(written.config)).toBe(
    '{"name":"farthest","dtype":"float32","fn":{"module":"builtins","class_name":"function","config":"farthest","registered_name":"function"}}',
  );
  const back = metrics.get(written, 'compile', { customObjects: { farthest } });
  expect(
    update(back, (trace) =>
      back.updateState(
        trace,
        [
          [0, 0],
          [1, 1],
        ],
        [
          [3, 1],
          [1, 2],
        ],
      ),
    ),
  ).toBe(2);
});

test('a custom metric has its own state', () => {
  class Largest extends metrics.Metric {
    readonly largest = this.addVariable('largest');
    override updateState(trace: Trace, _yTrue: Operand, yPred: Operand): void {
      trace.update(this.largest, maximum(trace.read(this.largest), max(yPred)));
    }
    override result(trace: Trace): Value {
      return trace.read(this.largest);
    }
  }
  const largest = new Largest({ name: 'largest' });
  expect(update(largest, (trace) => largest.updateState(trace, [0], [3]))).toBe(3);
  expect(update(largest, (trace) => largest.updateState(trace, [0], [2]))).toBe(3);
});

test('each metric has the direction of its improvement', () => {
  const directions = (
    ['Accuracy', 'TopKCategoricalAccuracy', 'CosineSimilarity', 'MeanSquaredError', 'Mean'] as const
  ).map((name) => new (metrics[name] as new () => metrics.Metric)().direction);
  expect(directions).toEqual(['up', 'up', 'up', 'down', null]);
});

describe('mistakes are refused with a fix', () => {
  const given = (metric: metrics.Metric, yTrue: Value, yPred: Value, weight: Operand | null = null): void =>
    metric.updateState(new Trace(), yTrue, yPred, weight);
  test.each([
    [
      () => new metrics.BinaryAccuracy({ treshold: 0.5 } as never),
      new TypeError('[BinaryAccuracy] unknown option "treshold". Did you mean "threshold"?'),
    ],
    [
      () => new metrics.TopKCategoricalAccuracy({ k: 0 }),
      new TypeError('[TopKCategoricalAccuracy] k must be an integer ≥ 1. Received: k=0.'),
    ],
    [
      () => given(new metrics.MeanSquaredError(), value([1, 2], [2]), value([1, 2, 3], [3])),
      new ValueError(
        "[MeanSquaredError] yTrue must have the shape of yPred, or broadcast to it. Received: yTrue of shape [2], yPred of shape [3]. Compare the targets with the shape of the model's output.",
      ),
    ],
    [
      () => given(new metrics.SparseCategoricalAccuracy(), value([1, 0], [1, 2]), value([1, 0], [1, 2])),
      new ValueError(
        '[SparseCategoricalAccuracy] yTrue must have the shape of yPred without its last axis, [1]. Received: yTrue of shape [1, 2], yPred of shape [1, 2]. If the targets are one-hot, use the categorical accuracy.',
      ),
    ],
    [
      () => given(new metrics.MeanSquaredError(), value([1, 2], [2, 1]), value([1, 2], [2, 1]), tensor([1, 2, 3])),
      new ValueError(
        '[mean_squared_error] sampleWeight must broadcast to the values of the batch. Received: sampleWeight of shape [3] for values of shape [2].',
      ),
    ],
    [
      () =>
        given(
          metrics.get(() => 3 as never),
          value([1], [1]),
          value([1], [1]),
        ),
      new ValueError('[metric] a metric must return a symbolic value. Received: 3. Write it with evenkeel/ops.'),
    ],
  ])('%#', (run, error) => {
    expect(run).toThrow(error);
  });
});
