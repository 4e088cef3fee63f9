import type { ConvolutionAttributes } from '../../../ir/primitives.ts';
import { blockedDepthwiseConv, isBlockedDepthwise } from '../blocked-depthwise.ts';
import { blockedConv } from '../blocked-dense.ts';
import type { EmitContext } from '../context.ts';
import { flipKernel } from './flip-kernel.ts';
import { inputGradientByPhases } from './phases.ts';
import { spreadInBlocks } from './spread.ts';
import { strideOneGradient } from './stride-one.ts';

type Attributes = ConvolutionAttributes & { readonly inputShape: readonly number[] };

/** The input gradient of a convolution with strides in its fastest blocked form; null if there is none. */
export function stridedInputGradient(
  context: EmitContext,
  operands: readonly [dy: string, kernel: string],
  dyShape: readonly number[],
  kernelShape: readonly number[],
  attributes: Attributes,
): string | null {
  const { target } = context;
  const block = target.blockedChannels;
  if (target.engine === 'any' || block === 0 || target.hasConstantWeights || dyShape.length !== 4) return null;
  // The forms divide the batch into images, so its size must be known.
  if ((target.freeSizes ?? 'none') !== 'none' || attributes.strides.every((stride) => stride === 1)) return null;
  if (isBlockedDepthwise(target, kernelShape, attributes)) {
    return depthwiseGradient(context, operands, dyShape, kernelShape, attributes);
  }
  const [filters = 0, channels = 0, ...kernelSize] = kernelShape;
  if (attributes.groups !== 1 || channels % block !== 0 || filters % block !== 0) return null;
  const isPadded = attributes.padding.some(([before, after]) => before !== 0 || after !== 0);
  if (kernelSize.every((length) => length === 1) && !isPadded) {
    return pointwiseGradient(context, operands, dyShape, kernelShape, attributes);
  }
  return inputGradientByPhases(context, operands, dyShape, kernelShape, attributes);
}

/** A convolution of dy, spread by zeros: there are few products, so that those with zero cost less than more passes. */
function depthwiseGradient(
  context: EmitContext,
  [dy, kernel]: readonly [string, string],
  dyShape: readonly number[],
  kernelShape: readonly number[],
  attributes: Attributes,
): string | null {
  const { strides, inputShape, groups } = attributes;
  const [batch = 1, channels = 1, ...spatial] = dyShape;
  const gradient = strideOneGradient(attributes, kernelShape, inputShape, spatial).attributes;
  // Zeros follow the last element too, and count as padding.
  const padding = gradient.padding.map(([before, after], i): readonly [number, number] => [
    before,
    after - (strides[i] ?? 1) + 1,
  ]);
  if (padding.flat().some((width) => width < 0)) return null;
  const [height, width] = spatial.map((length, i) => length * (strides[i] ?? 1));
  const size = [height ?? 1, width ?? 1] as const;
  const spread = spreadInBlocks(context, dy, dyShape, strides, size);
  const flipped = flipKernel(context, kernel, kernelShape, groups);
  const shapes = {
    shape: [batch, channels, ...size],
    kernel: flipped.shape,
    output: [batch, channels, ...inputShape],
    attributes: { ...gradient, padding },
  };
  return blockedDepthwiseConv(context, [spread, flipped.name], shapes, null);
}

/** The products of a kernel of one position, spread by zeros afterwards. */
function pointwiseGradient(
  context: EmitContext,
  [dy, kernel]: readonly [string, string],
  dyShape: readonly number[],
  kernelShape: readonly number[],
  { strides, inputShape }: Attributes,
): string | null {
  const [batch = 1, , ...spatial] = dyShape;
  const flipped = flipKernel(context, kernel, kernelShape, 1);
  const product = [batch, kernelShape[1] ?? 1, ...spatial];
  const ones = spatial.map(() => 1);
  const padding = spatial.map((): readonly [number, number] => [0, 0]);
  const attributes = { strides: ones, dilations: ones, padding, groups: 1 };
  const shapes = { shape: dyShape, kernel: flipped.shape, output: product, attributes };
  const products = blockedConv(context, [dy, flipped.name], shapes, null);
  const [height = 1, width = 1] = inputShape;
  return products === null ? null : spreadInBlocks(context, products, product, strides, [height, width]);
}
