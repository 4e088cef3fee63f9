import type { Value } from '../../compiler/graph/value.ts';
import { add, clip, divide, maximum, minimum, multiply, sqrt, square, subtract } from '../ops/elementwise.ts';
import { sum } from '../ops/reductions.ts';
import type { Settings } from './options.ts';

/** Gradients made smaller where one of the three ways of clipping asks for it; 0 asks for nothing, as in Keras. */
export function clipGradients(
  gradients: readonly Value[],
  { clipnorm, clipvalue, globalClipnorm }: Settings,
): readonly Value[] {
  if (clipnorm !== null && clipnorm > 0) return gradients.map((gradient) => clipByNorm(gradient, clipnorm));
  if (globalClipnorm !== null && globalClipnorm > 0) return clipByGlobalNorm(gradients, globalClipnorm);
  if (clipvalue !== null && clipvalue > 0) return gradients.map((gradient) => clip(gradient, -clipvalue, clipvalue));
  return gradients;
}

/** g · c / max(‖g‖, c) */
function clipByNorm(gradient: Value, limit: number): Value {
  return multiply(gradient, divide(limit, maximum(sqrt(sum(square(gradient))), limit)));
}

/** Each g · c · min(1 / n, 1 / c), n the norm of all of them. If that is not finite, neither is what comes out. */
function clipByGlobalNorm(gradients: readonly Value[], limit: number): readonly Value[] {
  const [first, ...rest] = gradients.map((gradient) => sum(square(gradient)));
  if (first === undefined) return gradients;
  const norm = sqrt(rest.reduce((total, squares) => add(total, squares), first));
  const scale = multiply(minimum(divide(1, norm), 1 / limit), limit);
  const checked = add(scale, subtract(norm, norm));
  return gradients.map((gradient) => multiply(gradient, checked));
}
