import type { ValueType } from '../../ir/value.ts';
import { checkWindow } from './pooling.ts';
import { type InferRules, sameDType, shapeMismatch } from './rule.ts';

function checkChannels(operands: readonly [x: ValueType, kernel: ValueType], groups: number): void {
  const [x, kernel] = operands;
  const [channels, perGroup, filters] = [x.shape[1] ?? null, kernel.shape[1] ?? null, kernel.shape[0] ?? null];
  const fits =
    x.shape.length === kernel.shape.length &&
    (channels === null || perGroup === null || channels === perGroup * groups) &&
    (filters === null || filters % groups === 0);
  if (fits) return;
  const rule = `the kernel must have as many input channels as x, divided by groups=${groups}`;
  throw shapeMismatch('conv', rule, operands);
}

export const convolutionRules: InferRules<'convolution'> = {
  conv: (operands, attributes) => {
    const [x, kernel] = operands;
    checkChannels(operands, attributes.groups);
    const spatial = checkWindow('conv', x.shape.slice(2), kernel.shape.slice(2), attributes, attributes.dilations);
    return [{ shape: [x.shape[0] ?? null, kernel.shape[0] ?? null, ...spatial], dtype: sameDType('conv', operands) }];
  },
  convInputGradient: (operands, { inputShape, groups }) => {
    const [dy, kernel] = operands;
    const perGroup = kernel.shape[1] ?? null;
    const channels = perGroup === null ? null : perGroup * groups;
    const shape = [dy.shape[0] ?? null, channels, ...inputShape];
    return [{ shape, dtype: sameDType('convInputGradient', operands) }];
  },
  convKernelGradient: (operands, { kernelShape, groups }) => {
    const [x, dy] = operands;
    const channels = x.shape[1] ?? null;
    const shape = [dy.shape[1] ?? null, channels === null ? null : channels / groups, ...kernelShape];
    return [{ shape, dtype: sameDType('convKernelGradient', operands) }];
  },
};
