import { expect, test } from 'vitest';
import { webgpuOperators } from '../../src/compiler/lowering/legalize/webgpu-operators.ts';
import { differences, probeAll } from '../../scripts/webgpu-operators/probe.ts';
import { describeWebGpu } from '../support/webgpu.ts';

await describeWebGpu("the engine's WebGPU provider", () => {
  test('has the operators of the table, for the same dtypes', { timeout: 240_000 }, async () => {
    // After an update of the engine: npm run webgpu:operators -- --write
    expect(differences(webgpuOperators, await probeAll())).toEqual([]);
  });
});
