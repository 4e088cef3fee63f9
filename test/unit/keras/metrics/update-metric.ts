import { constant } from '../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import { verify } from '../../../../src/compiler/graph/verify.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import type { Tensor } from '../../../../src/core/tensor.ts';
import type { Metric } from '../../../../src/keras/metrics/index.ts';

/** Traces updates of a metric, computes them by the reference, and returns the result after them. */
export function traceUpdate(metric: Metric, update: (trace: Trace) => void): Tensor {
  const trace = new Trace();
  update(trace);
  const graph = { inputs: [], outputs: [metric.result(trace)], updates: trace.updates };
  verify(graph, metric.name);
  const { outputs, updates } = evaluate(graph, [], { precise: true });
  for (const [variable, value] of updates) variable.assign(value);
  return outputs[0]!;
}

/** Updates a metric with one batch; returns the result after it. */
export function updateMetric(metric: Metric, yTrue: Tensor, yPred: Tensor, weight: Tensor | null): Tensor {
  return traceUpdate(metric, (trace) => {
    metric.updateState(trace, constant(yTrue), constant(yPred), weight === null ? null : constant(weight));
  });
}
