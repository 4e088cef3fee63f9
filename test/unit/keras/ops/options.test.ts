import { expect, test } from 'vitest';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import * as ops from '../../../../src/keras/ops/index.ts';

const image = input('x', [1, 4, 4, 2], 'float32');
const kernel = input('k', [2, 2, 2, 3], 'float32');

test.for<[what: string, run: () => unknown, message: string]>([
  ['an axis beside the options', () => ops.sum(image, 0 as never), '[ops.sum] options must be an object. Received: 0.'],
  [
    'an unknown option',
    () => ops.mean(image, { axes: 0 } as never),
    '[ops.mean] unknown option "axes". Did you mean "axis"?',
  ],
  [
    'keepDims for keepdims',
    () => ops.moments(image, 0, { keepDims: true } as never),
    '[ops.moments] unknown option "keepDims". Did you mean "keepdims"?',
  ],
  [
    'an unknown padding',
    () => ops.conv(image, kernel, { padding: 'full' as never }),
    '[ops.conv] padding must be one of "valid", "same". Received: padding="full".',
  ],
  [
    'an unknown data format',
    () => ops.maxPool(image, 2, { dataFormat: 'last' as never }),
    '[ops.maxPool] dataFormat must be one of "channels_last", "channels_first". Received: dataFormat="last".',
  ],
  [
    'a kernel of another rank',
    () => ops.conv(image, input('k', [2, 2, 3], 'float32')),
    '[ops.conv] the kernel must have the rank of the inputs, 4: […spatial, in / groups, out]. Received: kernel of shape [2, 2, 3].',
  ],
])('ops refuse %s', ([, run, message]) => {
  expect(run).toThrow(expect.objectContaining({ message }));
});
