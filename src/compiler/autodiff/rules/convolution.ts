import { createNode } from '../../graph/node.ts';
import type { ConvolutionAttributes } from '../../ir/primitives.ts';
import type { Value } from '../../ir/value.ts';
import { type GradientRules, binary } from './rule.ts';

const spatial = (x: Value): readonly number[] => x.knownShape.slice(2);

/** The attributes of the forward convolution, without the shapes that its gradients add. */
const common = ({ strides, padding, dilations, groups }: ConvolutionAttributes): ConvolutionAttributes => ({
  strides,
  padding,
  dilations,
  groups,
});

const conv = (x: Value, kernel: Value, attributes: ConvolutionAttributes): Value =>
  createNode('conv', [x, kernel], common(attributes))[0];
const inputGradient = (dy: Value, kernel: Value, like: Value, attributes: ConvolutionAttributes): Value =>
  createNode('convInputGradient', [dy, kernel], { ...common(attributes), inputShape: spatial(like) })[0];
const kernelGradient = (x: Value, dy: Value, like: Value, attributes: ConvolutionAttributes): Value =>
  createNode('convKernelGradient', [x, dy], { ...common(attributes), kernelShape: spatial(like) })[0];

/** Each of the three convolutions is bilinear, and the gradients of each are the other two. */
export const convolutionRules: GradientRules<'convolution'> = {
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
};
