import { show } from '../../../core/errors.ts';
import type { IsLeaf } from '../../../core/tree.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type CallMask, type KerasTensor, isKerasTensor } from '../../ops/base/keras-tensor.ts';

/** Whether a value is a mask of a kind, a list with one or null for each input, or null. */
export function isMaskOf<Mask>(given: unknown, isMask: IsLeaf<Mask>): given is CallMask<Mask> {
  if (given === null || isMask(given)) return true;
  return Array.isArray(given) && given.every((entry: unknown) => entry === null || isMask(entry));
}

/** The mask of a call on symbolic tensors. @throws TypeError unless it is symbolic, or a list of symbolic masks and null */
export function checkSymbolicMask(who: string, mask: unknown): CallMask<KerasTensor> {
  if (isMaskOf(mask, isKerasTensor)) return mask;
  throw new TypeError(
    `[${who}] the mask of a symbolic tensor must be a symbolic tensor. Received: mask=${show(mask)}.`,
  );
}

/** A mask as a list of masks. */
export function listMasks<Mask>(mask: CallMask<Mask>): readonly (Mask | null)[] {
  return Array.isArray(mask) ? (mask as readonly (Mask | null)[]) : [mask as Mask | null];
}

/** Sets the masks of values that have one, and returns a function that restores those that they had. */
export function setMasks(trace: Trace, values: readonly Value[], masks: readonly (Value | null)[]): () => void {
  const given = values.flatMap((value, i) => {
    const mask = masks[i] ?? null;
    return mask === null ? [] : [{ value, mask, before: trace.maskOf(value) }];
  });
  for (const { value, mask } of given) trace.setMask(value, mask);
  return () => {
    for (const { value, before } of given) trace.setMask(value, before);
  };
}
