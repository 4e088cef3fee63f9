import type { ConvolutionAttributes } from '../../ir/primitives.ts';

/** The position of a window, as ONNX attributes. */
export function windowAttributes({
  padding,
  strides,
  dilations,
}: Omit<ConvolutionAttributes, 'groups'>): Record<string, readonly number[]> {
  const pads = [...padding.map(([before]) => before), ...padding.map(([, after]) => after)];
  return { pads, strides, dilations };
}
