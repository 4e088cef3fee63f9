import type { Runtime } from '../../runtime/index.ts';
import { type OperatorTable, hasOperator } from '../legalize/operator-key.ts';
import { webgpuOperators } from '../legalize/webgpu-operators.ts';
import { findBlockedChannels } from './blocked-channels.ts';

/** The capabilities of an engine: the same graph is lowered differently for each. */
export interface Target {
  /** `any` stands for every reader of ONNX: only standard operators are written, in their simplest forms. */
  readonly engine: 'node' | 'wasm' | 'webgpu' | 'any';
  /** The only operators that the engine has; null if it has all that rules emit. @default null */
  readonly operators?: OperatorTable | null;
  /** The block size of the engine's blocked-channels convolutions: 16 or 8; 0 if it has none. */
  readonly blockedChannels: 0 | 8 | 16;
  /** Whether the weights are constants of the model, for which the engine chooses layouts itself. */
  readonly hasConstantWeights: boolean;
  /**
   * The sizes that are free, on which the emitted operators must not depend: none, the first axes, or any.
   * @default 'none'
   */
  readonly freeSizes?: FreeSizes;
}

/** The sizes of a graph that are free: none, those of first axes, or any. */
export type FreeSizes = 'none' | 'rows' | 'all';

/** The capabilities of a runtime. */
export async function findTarget(runtime: Runtime): Promise<Omit<Target, 'hasConstantWeights' | 'freeSizes'>> {
  if (runtime.name === 'webgpu') return WEBGPU;
  return { engine: runtime.name, blockedChannels: await findBlockedChannels(runtime) };
}

/** The target of the WebGPU provider. */
const WEBGPU = { engine: 'webgpu', operators: webgpuOperators, blockedChannels: 0 } as const;

/**
 * Whether the engine is one of those on the processor, whose costs are known here and which have the operators of
 * com.microsoft.
 */
export function isOnProcessor({ engine }: Target): boolean {
  return engine === 'node' || engine === 'wasm';
}

/** Whether an engine has an operator, in the form that the key names, for a dtype. */
export function provides({ operators = null }: Target, key: string, dtype: string): boolean {
  return operators === null || hasOperator(operators, key, dtype);
}

/** The target of exported files: other runtimes read them, and the weights are inside. */
export const PORTABLE: Target = { engine: 'any', blockedChannels: 0, hasConstantWeights: true };
