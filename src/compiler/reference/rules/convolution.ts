import { known } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { windowPositions } from '../../ir/windows.ts';
import { at, zeros } from '../arrays/array.ts';
import { forEachProduct } from '../arrays/windows.ts';
import type { EvaluateRules } from './rule.ts';

function addTo(target: Tensor, offset: number, amount: number): void {
  target.data[offset] = at(target.data, offset) + amount;
}

/** One list of products, summed in three ways: into y, into x and into the kernel. */
export const convolutionRules: EvaluateRules<'convolution'> = {
  conv: ([x, kernel], attributes) => {
    const spatial = windowPositions(x.shape.slice(2), kernel.shape.slice(2), attributes, attributes.dilations);
    const y = zeros(x.dtype, [x.shape[0] ?? 0, kernel.shape[0] ?? 0, ...known(spatial)]);
    forEachProduct(x.shape, kernel.shape, y.shape, attributes, (atX, atKernel, atY) => {
      addTo(y, atY, at(x.data, atX) * at(kernel.data, atKernel));
    });
    return [y];
  },
  convInputGradient: ([dy, kernel], attributes) => {
    const channels = (kernel.shape[1] ?? 0) * attributes.groups;
    const dx = zeros(dy.dtype, [dy.shape[0] ?? 0, channels, ...attributes.inputShape]);
    forEachProduct(dx.shape, kernel.shape, dy.shape, attributes, (atX, atKernel, atY) => {
      addTo(dx, atX, at(dy.data, atY) * at(kernel.data, atKernel));
    });
    return [dx];
  },
  convKernelGradient: ([x, dy], attributes) => {
    const perGroup = (x.shape[1] ?? 0) / attributes.groups;
    const dk = zeros(x.dtype, [dy.shape[1] ?? 0, perGroup, ...attributes.kernelShape]);
    forEachProduct(x.shape, dk.shape, dy.shape, attributes, (atX, atKernel, atY) => {
      addTo(dk, atKernel, at(x.data, atX) * at(dy.data, atY));
    });
    return [dk];
  },
};
