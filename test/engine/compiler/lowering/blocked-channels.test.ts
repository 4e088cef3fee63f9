import { expect, test } from 'vitest';
import { tensor } from '../../../../src/core/tensor.ts';
import { findBlockedChannels } from '../../../../src/compiler/lowering/emit/blocked-channels.ts';
import { onnxTensor } from '../../../../src/compiler/onnx/index.ts';
import { loadRuntime } from '../../../../src/compiler/runtime/index.ts';
import { expectClose } from '../../../support/close.ts';
import { lcg } from '../../../support/lcg.ts';
import { onnxBytes } from '../../../support/onnx-model.ts';

/** The weights [O, I, kh, kw] in the order of the blocked convolution: [O/b][I/b][kh][kw][b in][b out]. */
function blockWeights(weights: Float32Array, channels: number, kernel: number, block: number): Float32Array {
  const result = new Float32Array(weights.length);
  const blocks = channels / block;
  let at = 0;
  for (let o = 0; o < blocks; o++)
    for (let i = 0; i < blocks; i++)
      for (let k = 0; k < kernel; k++)
        for (let inner = 0; inner < block; inner++)
          for (let outer = 0; outer < block; outer++)
            result[at++] = weights[((o * block + outer) * channels + i * block + inner) * kernel + k]!;
  return result;
}

test('the blocked convolution is correct with the detected block size', async (context) => {
  const runtime = await loadRuntime();
  const block = await findBlockedChannels(runtime);
  if (block === 0) return context.skip('this machine has no blocked operators');
  const shape = [32, 32, 3, 3];
  const weights = lcg(shape, 1);
  const kernel = { kernel_shape: { type: 'ints', value: [3, 3] } } as const;
  const session = await runtime.createSession(
    onnxBytes({
      nodes: [
        { opType: 'Conv', inputs: ['x', 'w'], outputs: ['plain'] },
        { opType: 'ReorderInput', domain: 'com.microsoft.nchwc', inputs: ['x'], outputs: ['xb'] },
        { opType: 'Conv', domain: 'com.microsoft.nchwc', inputs: ['xb', 'wb'], outputs: ['yb'], attributes: kernel },
        {
          opType: 'ReorderOutput',
          domain: 'com.microsoft.nchwc',
          inputs: ['yb'],
          outputs: ['blocked'],
          attributes: { channels: { type: 'int', value: 32 } },
        },
      ],
      initializers: [
        onnxTensor('w', tensor(weights, shape)),
        onnxTensor('wb', tensor(blockWeights(weights, 32, 9, block), shape)),
      ],
      inputs: { x: [2, 32, 8, 8] },
      outputs: { plain: [2, 32, 6, 6], blocked: [2, 32, 6, 6] },
    }),
    { optimize: 'basic' },
  );
  const { plain, blocked } = await session.run({ x: tensor(lcg([2, 32, 8, 8], 2), [2, 32, 8, 8]) });
  expectClose(blocked!.data, plain!.data, { rtol: 1e-5 });
  await session.release();
});

test('the block size is determined once per engine', async () => {
  let calls = 0;
  const engine = {
    optimizedModel: () => {
      calls++;
      return Promise.resolve(null);
    },
  };
  expect(await Promise.all([findBlockedChannels(engine), findBlockedChannels(engine)])).toEqual([0, 0]);
  expect(calls).toBe(1);
});

test('an engine that does not reveal its layout has block size 0', async () => {
  expect(await findBlockedChannels({ optimizedModel: () => Promise.reject(new Error('read-only')) })).toBe(0);
  expect(await findBlockedChannels({ optimizedModel: () => Promise.resolve(new Uint8Array([1])) })).toBe(0);
});
