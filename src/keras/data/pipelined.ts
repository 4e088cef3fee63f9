/** The limits of the work that {@link pipelined} does ahead. */
export interface PipelineOptions {
  /** The number of results that are made, or wait, while the consumer works. */
  readonly ahead: number;
  /** The number of them that are being made at the same time. @default ahead */
  readonly workers?: number | undefined;
}

/**
 * Applies a function to the items of an iterator, several at a time, and yields the results in the order of the items. Reading goes
 * on while the consumer works. An error is thrown in the place of its item, and ends the iteration.
 *
 * The iterator is asked for one item at a time, and closed when the consumer stops; calls that have begun are waited for.
 */
export async function* pipelined<T, U>(
  source: AsyncIterator<T>,
  apply: (item: T) => U | Promise<U>,
  { ahead, workers = ahead }: PipelineOptions,
): AsyncGenerator<U, void, undefined> {
  const limited = limitTo(workers);
  const waiting: Promise<IteratorResult<U, void>>[] = [];
  let isOver = false;
  let turn: Promise<unknown> = Promise.resolve();
  const read = async (): Promise<IteratorResult<T, unknown>> => {
    if (isOver) return { done: true, value: undefined };
    try {
      const item = await source.next();
      if (item.done === true) isOver = true;
      return item;
    } catch (error) {
      isOver = true;
      throw error;
    }
  };
  const make = async (): Promise<IteratorResult<U, void>> => {
    const reading = turn.then(read);
    turn = reading.catch(() => undefined);
    const item = await reading;
    if (item.done === true) return { done: true, value: undefined };
    return { done: false, value: await limited(() => apply(item.value)) };
  };
  const fill = (): void => {
    while (waiting.length < ahead && !isOver) {
      const made = make();
      // An error is the consumer's when it comes to this item.
      made.catch(() => undefined);
      waiting.push(made);
    }
  };
  try {
    for (;;) {
      fill();
      const next = waiting.shift();
      if (next === undefined) return;
      const item = await next;
      if (item.done === true) return;
      fill();
      yield item.value;
    }
  } finally {
    isOver = true;
    await turn;
    await source.return?.();
    await Promise.allSettled(waiting);
  }
}

/** Runs functions of which at most `count` are running at a time, in order. */
function limitTo(count: number): <U>(run: () => U | Promise<U>) => Promise<U> {
  let running = 0;
  const queued: (() => void)[] = [];
  return async (run) => {
    if (running >= count) await new Promise<void>((resolve) => queued.push(resolve));
    else running++;
    try {
      return await run();
    } finally {
      const next = queued.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
