import { describe, vi } from 'vitest';
import { engineSuite } from '../../../support/engine-suite.ts';
import { webgpuSkips } from '../../../support/webgpu-skips.ts';
import { layerSuite } from '../../../support/layer-suite.ts';

/**
 * The native engine under the name of the GPU: it has all operators of the other, so that the forms for the GPU can be
 * tested on machines without one.
 */
vi.mock('../../../../src/compiler/runtime/load.ts', async () => {
  const { openRuntime } = await import('../../../../src/compiler/runtime/ort/ort-node.ts');
  const native = await openRuntime('node');
  const disguised = {
    name: 'webgpu',
    features: { preallocatedOutputs: false },
    device: null,
    createSession: native.createSession.bind(native),
    optimizedModel: () => Promise.resolve(null),
  };
  return { loadRuntime: () => Promise.resolve(disguised) };
});

describe('lowered for the GPU', () => {
  engineSuite(webgpuSkips, { every: 25 });
  layerSuite();
});
