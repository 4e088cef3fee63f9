import type { Json } from '../../../core/config.ts';
import { Loss, serialize as serializeLoss } from '../../losses/index.ts';
import { Metric, serialize as serializeMetric } from '../../metrics/index.ts';
import { type Optimizer, serialize as serializeOptimizer } from '../../optimizers/index.ts';
import { serializeFunction } from '../../saving/registry.ts';
import type { CompileOptions } from './compile-options.ts';
import { mapLeaves } from './per-output.ts';

/** The options that `compile` received, as Keras's JSON. Names are kept as names. */
export function compileConfig(
  optimizer: Optimizer,
  options: CompileOptions,
  who: string,
): Readonly<Record<string, Json>> {
  const write = (leaf: unknown): unknown => {
    if (leaf instanceof Loss) return serializeLoss(leaf);
    if (leaf instanceof Metric) return serializeMetric(leaf);
    if (typeof leaf === 'function') return serializeFunction(leaf, who);
    return leaf;
  };
  const all = (given: unknown): Json => mapLeaves(given, write) as Json;
  return {
    optimizer: { ...serializeOptimizer(optimizer) },
    loss: all(options.loss),
    loss_weights: all(options.lossWeights),
    metrics: all(options.metrics),
    weighted_metrics: all(options.weightedMetrics),
    run_eagerly: false,
    steps_per_execution: 1,
    jit_compile: options.jitCompile === true,
  };
}

/** The options of `compile` in Keras's compile_config, without those that only control how Python runs a step. */
export function compileOptionsOf(config: Readonly<Record<string, unknown>>): CompileOptions {
  const read = (key: string): never => (config[key] ?? null) as never;
  return {
    optimizer: (config['optimizer'] ?? 'rmsprop') as never,
    loss: read('loss'),
    lossWeights: read('loss_weights'),
    metrics: read('metrics'),
    weightedMetrics: read('weighted_metrics'),
  };
}
