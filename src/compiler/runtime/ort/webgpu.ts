import { NotImplementedError } from '../../../core/errors.ts';
import { DataType, type OnnxValueInfo } from '../../onnx/index.ts';
import type { Runtime } from '../runtime.ts';
import type { Ort } from './api.ts';
import { OrtRuntime } from './ort-runtime.ts';
import { Queue } from './queue.ts';

/** One per process: two sessions of the provider that run at once crash it. */
const queue = new Queue();

/**
 * Opens the WebGPU provider of an engine that is loaded.
 * @throws NotImplementedError if there is no adapter.
 */
export async function openWebGpu(ort: Ort): Promise<Runtime> {
  const runtime = new OrtRuntime({
    name: 'webgpu',
    ort,
    threads: () => ({ count: 1, reason: 'the nodes run on the GPU' }),
    preallocatedOutputs: false,
    schedule: (work) => queue.add(work),
    sessionOptions: () => ({
      executionProviders: [{ name: 'webgpu' }],
      // Nodes that the provider lacks would run on the processor, with their operands copied there and back.
      extra: { session: { disable_cpu_ep_fallback: '1' } },
    }),
    readOptimized: () => Promise.resolve(null),
  });
  const model = await encodeIdentity();
  try {
    // The engine keeps the device, and what is on it, as long as a session needs it: this one is never released.
    await runtime.createSession(model);
  } catch (cause) {
    throw new NotImplementedError(noAdapter(cause), { cause });
  }
  return runtime;
}

function noAdapter(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  // The engine puts a place in its sources before the reason.
  const [reason = message] = /Failed to get .*/.exec(message) ?? message.split('\n', 1);
  return `[runtime] the webgpu engine cannot be opened: ${reason.trim()}. It needs a GPU with a driver for Vulkan, Metal or Direct3D 12, or a browser that has WebGPU. setEngine('auto') uses the processor.`;
}

/** A model that returns its input. */
async function encodeIdentity(): Promise<Uint8Array> {
  const { encodeModel } = await import('../../onnx/codec.ts');
  const info = (name: string): OnnxValueInfo => ({ name, dataType: DataType.FLOAT, dims: [null] });
  return encodeModel({
    irVersion: 10,
    opsetImports: [{ domain: '', version: 21 }],
    producerName: 'evenkeel',
    producerVersion: '',
    metadata: {},
    graph: {
      name: 'identity',
      nodes: [{ name: 'identity', opType: 'Identity', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} }],
      initializers: [],
      inputs: [info('x')],
      outputs: [info('y')],
    },
  });
}
