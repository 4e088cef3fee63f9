import type { ConvolutionAttributes } from '../../../ir/primitives.ts';

/** The attributes of the convolution that computes an input gradient from dy spread by the strides. */
export function strideOneGradient(
  attributes: ConvolutionAttributes,
  kernel: readonly number[],
  inputShape: readonly number[],
  dySpatial: readonly number[],
): { attributes: ConvolutionAttributes; dense: boolean } {
  const padding = inputShape.map((length, i): readonly [number, number] => {
    const reach = ((kernel[i + 2] ?? 1) - 1) * (attributes.dilations[i] ?? 1);
    const spread = ((dySpatial[i] ?? 1) - 1) * (attributes.strides[i] ?? 1) + 1;
    const before = reach - (attributes.padding[i]?.[0] ?? 0);
    return [before, length - spread - before + reach];
  });
  const fits = padding.every(([before, after]) => before >= 0 && after >= 0);
  const dense = fits && attributes.strides.every((stride) => stride === 1);
  return { attributes: { ...attributes, padding, strides: inputShape.map(() => 1) }, dense };
}
