import { NotImplementedError } from '../../../core/errors.ts';
import { createNode } from '../../graph/node.ts';
import type { PoolingAttributes } from '../../ir/primitives.ts';
import { type GradientRules, unary } from './rule.ts';

const common = ({ window, strides, padding }: PoolingAttributes): PoolingAttributes => ({ window, strides, padding });

export const poolingRules: GradientRules<'pooling'> = {
  maxPool: unary((dy, x, y, attributes) => createNode('maxPoolGradient', [x, y, dy], attributes)[0]),
  // Constant in x and y wherever it is differentiable; linear in dy, by a gather for which there is no primitive.
  maxPoolGradient: ({ needs }) => {
    if (needs[2]) {
      throw new NotImplementedError(
        '[autodiff] maxPoolGradient has no gradient: max pooling cannot be differentiated twice. Use average pooling, or stop the gradient before it.',
      );
    }
    return [null, null, null];
  },
  averagePool: unary((dy, x, _, attributes) => {
    const inputShape = x.knownShape.slice(2);
    return createNode('averagePoolGradient', [dy], { ...common(attributes), inputShape })[0];
  }),
  averagePoolGradient: unary((ddx, _x, _y, attributes) => createNode('averagePool', [ddx], common(attributes))[0]),
};
