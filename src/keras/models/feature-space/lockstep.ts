/** A reader that waits for the next element. */
interface Waiting<T> {
  readonly resolve: (result: IteratorResult<T>) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Reads an iterable once for several consumers: each element is read when all of them have asked for it, so that none are
 * kept. When a consumer fails, so do the others.
 *
 * @throws the first error of the iterable or of a consumer
 */
export async function readTogether<T>(
  source: Iterable<T> | AsyncIterable<T>,
  consumers: readonly ((elements: AsyncIterable<T>) => Promise<void>)[],
): Promise<void> {
  const iterator: Iterator<T> | AsyncIterator<T> =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const waiting = new Set<Waiting<T>>();
  const errors: unknown[] = [];
  const state = { reading: consumers.length, isDone: false };

  const answer = async (): Promise<void> => {
    if (waiting.size === 0 || waiting.size < state.reading) return;
    const asked = [...waiting];
    waiting.clear();
    try {
      if (errors.length > 0) throw errors[0];
      const result = state.isDone ? { done: true as const, value: undefined } : await iterator.next();
      state.isDone ||= result.done === true;
      for (const { resolve } of asked) resolve(result);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  };
  const elements: AsyncIterable<T> = {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise<IteratorResult<T>>((resolve, reject) => {
          waiting.add({ resolve, reject });
          void answer();
        }),
    }),
  };
  const follow = async (consume: (elements: AsyncIterable<T>) => Promise<void>): Promise<void> => {
    try {
      await consume(elements);
    } catch (error) {
      errors.push(error);
    }
    state.reading--;
    void answer();
  };
  await Promise.all(consumers.map(follow));
  if (!state.isDone) await iterator.return?.();
  if (errors.length > 0) throw errors[0];
}
