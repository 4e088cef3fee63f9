import { known } from '../../../core/shape.ts';
import { windowPositions } from '../../ir/windows.ts';
import { zeros } from '../arrays/array.ts';
import { addProducts } from '../arrays/windows.ts';
import type { EvaluateRules } from './rule.ts';

/** One list of products, summed in three ways: into y, into x and into the kernel. */
export const convolutionRules: EvaluateRules<'convolution'> = {
  conv: ([x, kernel], attributes) => {
    const spatial = windowPositions(x.shape.slice(2), kernel.shape.slice(2), attributes, attributes.dilations);
    const y = zeros(x.dtype, [x.shape[0] ?? 0, kernel.shape[0] ?? 0, ...known(spatial)]);
    addProducts('y', { x, kernel, y }, attributes);
    return [y];
  },
  convInputGradient: ([y, kernel], attributes) => {
    const channels = (kernel.shape[1] ?? 0) * attributes.groups;
    const x = zeros(y.dtype, [y.shape[0] ?? 0, channels, ...attributes.inputShape]);
    addProducts('x', { x, kernel, y }, attributes);
    return [x];
  },
  convKernelGradient: ([x, y], attributes) => {
    const perGroup = (x.shape[1] ?? 0) / attributes.groups;
    const kernel = zeros(x.dtype, [y.shape[1] ?? 0, perGroup, ...attributes.kernelShape]);
    addProducts('kernel', { x, kernel, y }, attributes);
    return [kernel];
  },
};
