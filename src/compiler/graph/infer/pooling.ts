import { ValueError } from '../../../core/errors.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import type { PoolingAttributes, PrimitiveName, WindowAttributes } from '../../ir/primitives.ts';
import { windowPositions, windowReach } from '../../ir/windows.ts';
import { type InferRules, type UnaryRule, sameDType } from './rule.ts';

/**
 * The number of positions of a window along each spatial axis.
 * @throws ValueError if the window does not fit.
 */
export function checkWindow(
  primitive: PrimitiveName,
  spatial: Shape,
  window: Shape,
  attributes: WindowAttributes,
  dilations: readonly number[] = [],
): Shape {
  const positions = windowPositions(spatial, window, attributes, dilations);
  for (const [axis, count] of positions.entries()) {
    if (count === null || count >= 1) continue;
    const reach = windowReach(window[axis] ?? 1, dilations[axis]);
    throw new ValueError(
      `[ops.${primitive}] the window must fit into the input: it spans ${reach} elements of spatial axis ${axis}. Received: spatial shape ${showShape(spatial)}. Use padding="same" or a smaller window.`,
    );
  }
  return positions;
}

const pool =
  (primitive: PrimitiveName): UnaryRule<PoolingAttributes> =>
  ([{ shape, dtype }], attributes) => {
    const spatial = checkWindow(primitive, shape.slice(2), attributes.window, attributes);
    return [{ shape: [...shape.slice(0, 2), ...spatial], dtype }];
  };

export const poolingRules: InferRules<'pooling'> = {
  maxPool: pool('maxPool'),
  maxPoolGradient: (operands) => [{ shape: operands[0].shape, dtype: sameDType('maxPoolGradient', operands) }],
  averagePool: pool('averagePool'),
  averagePoolGradient: ([dy], { inputShape }) => [{ shape: [...dy.shape.slice(0, 2), ...inputShape], dtype: dy.dtype }],
};
