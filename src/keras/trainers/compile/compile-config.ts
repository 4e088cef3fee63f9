import type { Json } from '../../../core/config.ts';
import { Loss, get as getLoss, serialize as serializeLoss } from '../../losses/index.ts';
import { Metric, get as getMetric, serialize as serializeMetric } from '../../metrics/index.ts';
import { type Optimizer, serialize as serializeOptimizer } from '../../optimizers/index.ts';
import type { ReadContext } from '../../saving/read-context.ts';
import { type ConfigObject, functionName, isIdentifier, serializeFunction } from '../../saving/registry.ts';
import type { CompileOptions, MetricsLike } from './compile-options.ts';
import { mapLeaves } from './per-output.ts';

/**
 * The options of `compile` with objects in place of the configs of losses and metrics. The configs in files of tf.keras lack
 * the modules that Keras 3 needs, so they cannot be written as they were read.
 *
 * @throws TypeError if there is no such loss or metric.
 */
export function withObjects(options: CompileOptions, who: string, context: ReadContext): CompileOptions {
  const isConfig = (leaf: unknown): leaf is ConfigObject =>
    typeof leaf !== 'string' && isIdentifier(leaf) && functionName(leaf) === null;
  const metric = (leaf: unknown): unknown => (isConfig(leaf) ? getMetric(leaf, who, context) : leaf);
  const loss = (leaf: unknown): unknown => (isConfig(leaf) ? getLoss(leaf, who, context) : leaf);
  return {
    ...options,
    loss: mapLeaves(options.loss, loss) as CompileOptions['loss'],
    metrics: mapLeaves(options.metrics, metric) as MetricsLike,
    weightedMetrics: mapLeaves(options.weightedMetrics, metric) as MetricsLike,
  };
}

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
