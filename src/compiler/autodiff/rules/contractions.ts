import { NotImplementedError } from '../../../core/errors.ts';
import { isKnown, sizeOf } from '../../../core/shape.ts';
import { createNode } from '../../graph/node.ts';
import type { ContractionName, ConvolutionAttributes, PoolingAttributes, PoolingName } from '../../graph/primitives.ts';
import type { Value } from '../../graph/value.ts';
import { reshape } from '../../builder/index.ts';
import { type GradientRules, binary, malformed, unary } from './rule.ts';

const product = (a: Value, b: Value, transposeA: boolean, transposeB: boolean): Value =>
  createNode('matmul', [a, b], { transposeA, transposeB })[0];

/** All axes but the last as one. */
const rows = (x: Value): Value => reshape(x, [sizeOf(x.knownShape.slice(0, -1)), x.shape.at(-1) ?? null]);

const spatial = (x: Value): readonly number[] => x.knownShape.slice(2);

const convolution = ({ strides, padding, dilations, groups }: ConvolutionAttributes): ConvolutionAttributes => ({
  strides,
  padding,
  dilations,
  groups,
});
const pooling = ({ window, strides, padding }: PoolingAttributes): PoolingAttributes => ({ window, strides, padding });

const conv = (x: Value, kernel: Value, attributes: ConvolutionAttributes): Value =>
  createNode('conv', [x, kernel], convolution(attributes))[0];
const inputGradient = (dy: Value, kernel: Value, like: Value, attributes: ConvolutionAttributes): Value =>
  createNode('convInputGradient', [dy, kernel], { ...convolution(attributes), inputShape: spatial(like) })[0];
const kernelGradient = (x: Value, dy: Value, like: Value, attributes: ConvolutionAttributes): Value =>
  createNode('convKernelGradient', [x, dy], { ...convolution(attributes), kernelShape: spatial(like) })[0];

export const contractionRules: GradientRules<ContractionName | PoolingName> = {
  matmul: binary(
    (dy, _, b, _y, { transposeA, transposeB }) =>
      transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB),
    (dy, a, b, _y, { transposeA, transposeB }) => {
      // One weight matrix for a whole batch: one product over all rows, not one for each entry and then their sum.
      const shared = b.rank === 2 && a.rank > 2 && !transposeA && isKnown(a.shape);
      const [left, right] = shared ? [rows(a), rows(dy)] : [a, dy];
      return transposeB ? product(right, left, true, transposeA) : product(left, right, !transposeA, false);
    },
  ),

  // Each of the three convolutions is bilinear, and the gradients of each are the other two.
  conv: binary(
    (dy, x, kernel, _, attributes) => inputGradient(dy, kernel, x, attributes),
    (dy, x, kernel, _, attributes) => kernelGradient(x, dy, kernel, attributes),
  ),
  convInputGradient: binary(
    (ddx, _, kernel, _y, attributes) => conv(ddx, kernel, attributes),
    (ddx, dy, kernel, _, attributes) => kernelGradient(ddx, dy, kernel, attributes),
  ),
  convKernelGradient: binary(
    (ddk, x, dy, _, attributes) => inputGradient(dy, ddk, x, attributes),
    (ddk, x, _dy, _, attributes) => conv(x, ddk, attributes),
  ),

  maxPool: unary((dy, x, y, attributes) => createNode('maxPoolGradient', [x, y, dy], attributes)[0]),
  // Constant in x and y wherever it is differentiable; linear in dy, by a gather that is no primitive here.
  maxPoolGradient: (node) => {
    if (node.inputs.length !== 3) throw malformed(node);
    if (node.needs[2] === true) {
      throw new NotImplementedError(
        '[autodiff] maxPoolGradient has no gradient: max pooling cannot be differentiated twice. Use average pooling, or stop the gradient before it.',
      );
    }
    return [null, null, null];
  },
  averagePool: unary(
    (dy, x, _, attributes) =>
      createNode('averagePoolGradient', [dy], { ...pooling(attributes), inputShape: spatial(x) })[0],
  ),
  averagePoolGradient: unary((ddx, _x, _y, attributes) => createNode('averagePool', [ddx], pooling(attributes))[0]),
};
