import type * as Koffi from 'koffi';

/** The size of the stack of a call on another thread, in bytes: an engine needs more than koffi's 128 KiB. */
const STACK = 4 * 2 ** 20;

let loading: Promise<typeof Koffi> | null = null;

/** The package that calls libraries in C. @throws Error if it is not installed. */
export function importKoffi(): Promise<typeof Koffi> {
  loading ??= import('koffi').then((koffi) => {
    try {
      koffi.config({ async_stack_size: STACK, resident_async_pools: 1 });
    } catch {
      // Somebody has called a library before, and keeps the sizes: see hasLargeStacks.
    }
    return koffi;
  });
  return loading;
}

/** Whether the stacks of calls on other threads are large enough for an engine. */
export function hasLargeStacks(koffi: typeof Koffi): boolean {
  return (koffi.config().async_stack_size ?? 0) >= STACK;
}
