import type { ConvolutionAttributes } from '../../graph/primitives.ts';

/** A window's place as ONNX writes it. */
export function windowAttributes({
  padding,
  strides,
  dilations,
}: Omit<ConvolutionAttributes, 'groups'>): Record<string, readonly number[]> {
  const pads = [...padding.map(([before]) => before), ...padding.map(([, after]) => after)];
  return { pads, strides, dilations };
}
