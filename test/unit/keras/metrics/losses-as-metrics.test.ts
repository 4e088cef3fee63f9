import { expect, test } from 'vitest';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import * as losses from '../../../../src/keras/losses/index.ts';
import * as metrics from '../../../../src/keras/metrics/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import { expectClose } from '../../../support/close.ts';
import { tensor } from '../../../../src/core/tensor.ts';

const names = Object.keys(losses).filter((name) => /^[A-Z]/.test(name) && !/^Loss/.test(name));

test('every loss is a metric by its name', () => {
  expect(names).toHaveLength(22);
  for (const name of names) expect(metrics.get(name)).toBeInstanceOf(metrics.Metric);
});

test('a loss without a metric is averaged over the samples', () => {
  const metric = metrics.resolve('huber', [null, 1], [null, 1]);
  expect(metric.name).toBe('huber');
  const inputs = [input('t', [2, 1], 'float32'), input('p', [2, 1], 'float32')] as const;
  const trace = new Trace();
  for (const value of inputs) trace.adopt(value);
  metric.updateState(trace, ...inputs);
  const graph = { inputs, outputs: [metric.result(trace)], updates: [] };
  const [value] = evaluate(graph, [tensor([[0], [0]]), tensor([[1], [3]])]).outputs;
  expectClose(value!.data, [(0.5 + 2.5) / 2], { rtol: 1e-6 });
});
