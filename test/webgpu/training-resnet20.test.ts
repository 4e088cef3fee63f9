import type { AnyModel } from 'evenkeel';
import { test } from 'vitest';
import { resnet20 } from '../../bench/resnet20.ts';
import { expectClose } from '../support/close.ts';
import { byReference } from '../support/reference-programs.ts';
import { describeWebGpu } from '../support/webgpu.ts';
import { timeout, train } from '../support/webgpu-training.ts';

// In a process of its own: after other trainings SwiftShader sometimes ends it.
await describeWebGpu('training of ResNet-20 on the webgpu engine', () => {
  test('three steps of ResNet-20 are those of the reference', { timeout }, async () => {
    const make = (): AnyModel => resnet20({ shape: [8, 8, 3], classes: 3 });
    const [actual, expected] = [await train(make, 4, 3), await byReference(() => train(make, 4, 3))];
    expectClose(actual.losses, expected.losses, { rtol: 1e-3 });
  });
});
