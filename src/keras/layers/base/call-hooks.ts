import type { Trace } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { Callable } from '../../ops/base/keras-tensor.ts';

/** A call of a layer in a trace. */
export interface LayerCall {
  readonly layer: Callable;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** The mode of the call, before the layer considers whether it is frozen. */
  readonly training: boolean;
  /** The mask of the input; null for all entries. */
  readonly mask: Value | null;
}

/** Functions that a trace calls around the calls of layers, those of nested layers included. */
export interface CallHooks {
  /** Returns the mode in which a layer is called, given the mode in which it would be called otherwise. */
  readonly training?: (layer: Callable, training: boolean) => boolean;
  /** Called after each call; nested layers come before the layer that contains them. */
  readonly called?: (call: LayerCall) => void;
}

/** The hooks of each trace that has some. A side table because traces are below layers. */
const hooks = new WeakMap<Trace, CallHooks>();

const NONE: CallHooks = {};

/** Sets the hooks of a trace. */
export function setCallHooks(trace: Trace, given: CallHooks): void {
  hooks.set(trace, given);
}

/** The hooks of a trace. Calls in a step of a scan are not reported, since their values exist in the step alone. */
export function callHooksOf(trace: Trace): CallHooks {
  const found = hooks.get(trace);
  if (found !== undefined || trace.outer === null) return found ?? NONE;
  const { training } = callHooksOf(trace.outer);
  return training === undefined ? NONE : { training };
}
