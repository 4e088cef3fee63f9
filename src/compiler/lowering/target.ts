import type { Runtime } from '../runtime/index.ts';
import { findBlockedChannels } from './blocked-channels.ts';

/** What the engine at hand can do; the same graph is lowered differently for another. */
export interface Target {
  /** `any` is whatever reads ONNX: only ONNX's own operators are written, in their plainest forms. */
  readonly engine: 'node' | 'wasm' | 'any';
  /** The block of the engine's blocked-channels convolutions: 16 or 8, or 0 where it has none. */
  readonly blockedChannels: 0 | 8 | 16;
  /** Whether the weights are constants of the model, for which the engine chooses layouts itself. */
  readonly isBaked: boolean;
}

export async function findTarget(runtime: Runtime): Promise<Omit<Target, 'isBaked'>> {
  return { engine: runtime.name, blockedChannels: await findBlockedChannels(runtime) };
}

/** A file that other runtimes read, with the weights inside. */
export const PORTABLE: Target = { engine: 'any', blockedChannels: 0, isBaked: true };
