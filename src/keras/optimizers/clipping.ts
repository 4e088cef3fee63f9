import type { Value } from '../../compiler/ir/value.ts';
import { add, clip, divide, maximum, minimum, multiply, sqrt, square, subtract, sum } from '../ops/index.ts';

/** The options of clipping, of which at most one is set. */
export interface ClippingOptions {
  readonly clipnorm: number | null;
  readonly clipvalue: number | null;
  readonly globalClipnorm: number | null;
}

/** Clips gradients by norm, by global norm or by value; as in Keras, 0 stands for no clipping. */
export function clipGradients<Key>(
  gradients: ReadonlyMap<Key, Value>,
  { clipnorm, clipvalue, globalClipnorm }: ClippingOptions,
): ReadonlyMap<Key, Value> {
  const each = (clipped: (gradient: Value) => Value): ReadonlyMap<Key, Value> =>
    new Map([...gradients].map(([key, gradient]) => [key, clipped(gradient)]));
  if (clipnorm !== null && clipnorm > 0) return each((gradient) => clipByNorm(gradient, clipnorm));
  if (globalClipnorm !== null && globalClipnorm > 0) {
    const scale = globalScale([...gradients.values()], globalClipnorm);
    return each((gradient) => multiply(gradient, scale));
  }
  if (clipvalue !== null && clipvalue > 0) return each((gradient) => clip(gradient, -clipvalue, clipvalue));
  return gradients;
}

/** g · c / max(‖g‖, c) */
function clipByNorm(gradient: Value, limit: number): Value {
  return multiply(gradient, divide(limit, maximum(sqrt(sum(square(gradient))), limit)));
}

/** c · min(1 / n, 1 / c), n the norm of all gradients together; not finite if n is not. */
function globalScale(gradients: readonly Value[], limit: number): Value {
  const squares = gradients.map((gradient) => sum(square(gradient)));
  const norm = sqrt(squares.reduce((total, next) => add(total, next)));
  const scale = multiply(minimum(divide(1, norm), 1 / limit), limit);
  return add(scale, subtract(norm, norm));
}
