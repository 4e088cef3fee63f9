import { engineSuite } from '../support/engine-suite.ts';
import { webgpuSkips } from '../support/webgpu-skips.ts';
import { describeWebGpu } from '../support/webgpu.ts';

await describeWebGpu('the webgpu engine', () => {
  engineSuite(
    [
      ...webgpuSkips,
      { reason: 'a power beyond int32 is computed in floats and saturates', tests: ['power of int32'] },
      { reason: 'the shading language leaves open what relu makes of NaN: here 0', tests: ['relu floats'] },
      {
        reason: 'and the logarithms of 0 and of negative numbers, which SwiftShader computes as −88',
        tests: ['log floats'],
      },
    ],
    { every: 25 },
  );
});
