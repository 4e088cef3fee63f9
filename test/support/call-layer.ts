import { gradients } from '../../src/compiler/autodiff/index.ts';
import { Tensor, type TensorLike, tensor } from '../../src/core/tensor.ts';
import { constant, initialState, input } from '../../src/compiler/graph/leaves.ts';
import { Trace } from '../../src/compiler/graph/trace.ts';
import type { Value } from '../../src/compiler/ir/value.ts';
import type { Layer } from '../../src/keras/layers/index.ts';
import { multiply } from '../../src/keras/ops/index.ts';
import { evaluate } from '../../src/compiler/reference/index.ts';

export interface CallOptions {
  readonly training?: boolean;
  readonly mask?: TensorLike;
  /** What the output is multiplied by before it is summed and differentiated. @default null, no gradients */
  readonly dy?: TensorLike;
}

export interface CallResult {
  readonly output: Tensor;
  /** The mask that goes with the output. */
  readonly mask: Tensor | null;
  /** The gradients of the input and of the trainable weights, in order; zeros where there is no path. */
  readonly gradients: readonly Tensor[];
}

/** Calls a layer on numbers through the reference, and keeps its new state. */
export function callLayer(layer: Layer, x: TensorLike, options: CallOptions = {}): CallResult {
  const feeds = [tensor(x), ...(options.mask === undefined ? [] : [tensor(options.mask)])];
  const inputs = feeds.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
  const trace = new Trace();
  for (const value of inputs) trace.adopt(value);
  const [fed, mask = null] = inputs as [Value, Value?];
  const output = layer.applyIn(trace, fed, options.training ?? false, mask) as Value;
  const outgoing = trace.maskOf(output);
  const targets = options.dy === undefined ? [] : [fed, ...layer.trainableWeights.map(initialState)];
  const found = options.dy === undefined ? [] : gradients(output, targets, constant(tensor(options.dy), output.dtype));
  const all = [
    output,
    ...found.map((value, i) => value ?? multiply(targets[i]!, 0)),
    ...(outgoing === null ? [] : [outgoing]),
  ];
  const { outputs, updates } = evaluate({ inputs, outputs: all, updates: trace.updates }, feeds);
  for (const [variable, value] of updates) variable.assign(value);
  return {
    output: outputs[0]!,
    mask: outgoing === null ? null : outputs.at(-1)!,
    gradients: outputs.slice(1, 1 + targets.length),
  };
}

/** Small numbers that repeat late: ((i · k) mod m) − off + 0.25 · (i mod 3). */
export function pattern(shape: readonly number[], k = 7, m = 11, off = 5): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  return new Tensor(
    Float32Array.from({ length: size }, (_, i) => ((i * k) % m) - off + 0.25 * (i % 3)),
    shape,
  );
}
