import { NotImplementedError } from '../../../core/errors.ts';
import { tensor } from '../../../core/tensor.ts';
import type { Runtime } from '../runtime.ts';
import type { Ort } from './common/api.ts';
import type { OrtDeviceMemory } from './device-memory.ts';
import { OrtRuntime } from './ort-runtime.ts';
import { Queue } from './common/queue.ts';

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
    hasDevice: true,
    schedule: (work) => queue.add(work),
    sessionOptions: () => ({
      executionProviders: [{ name: 'webgpu' }],
      // Nodes that the provider lacks would run on the processor, with their operands copied there and back.
      extra: { session: { disable_cpu_ep_fallback: '1' } },
    }),
    readOptimized: () => Promise.resolve(null),
  });
  try {
    // The engine keeps the device, and what is on it, as long as a session needs it: those that copy are never released.
    const copy = await runtime.device?.upload(tensor([0]));
    copy?.dispose();
  } catch (cause) {
    throw new NotImplementedError(noAdapter(cause), { cause });
  }
  watchDevice(ort, runtime.device);
  return runtime;
}

/** A browser's description of a device. */
interface BrowserDevice {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
}

/** Records when the device is lost. In Node the engine says so in the error of the next run alone. */
function watchDevice({ env }: Ort, memory: OrtDeviceMemory | null): void {
  const { device } = env.webgpu as { readonly device?: BrowserDevice | Promise<BrowserDevice> };
  void Promise.resolve(device)
    .then((found) => found?.lost)
    .then((lost) => {
      if (lost !== undefined) memory?.lose([lost.reason, lost.message].filter(Boolean).join(', ').replace(/\.$/, ''));
    });
}

function noAdapter(cause: unknown): string {
  const own = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const message = own instanceof Error ? own.message : String(own);
  // The engine puts a place in its sources before the reason.
  const [reason = message] = /Failed to get .*/.exec(message) ?? message.split('\n', 1);
  return `[runtime] the webgpu engine cannot be opened: ${reason.trim()}. It needs a GPU with a driver for Vulkan, Metal or Direct3D 12, or a browser that has WebGPU. setEngine('auto') uses the processor.`;
}
