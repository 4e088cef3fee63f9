import { ValueError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import { rowsOf, stack } from './elements.ts';

/** A pass over a dataset. */
export type Pass<T> = AsyncGenerator<T, void, undefined>;

/** Maps elements one after the other. */
export async function* mapped<T, U>(source: AsyncIterable<T>, map: (element: T) => U | Promise<U>): Pass<U> {
  for await (const element of source) yield await map(element);
}

/** The elements for which a predicate holds. */
export async function* filtered<T>(
  source: AsyncIterable<T>,
  predicate: (element: T) => boolean | Promise<boolean>,
): Pass<T> {
  for await (const element of source) if (await predicate(element)) yield element;
}

/** The elements of what each element is replaced by. */
export async function* flatMapped<T, U>(
  source: AsyncIterable<T>,
  map: (element: T) => Iterable<U> | AsyncIterable<U> | Promise<Iterable<U> | AsyncIterable<U>>,
): Pass<U> {
  for await (const element of source) yield* await map(element);
}

/** Lists of `size` consecutive elements; the last one is shorter, or dropped. */
export async function* grouped<T>(source: AsyncIterable<T>, size: number, dropRemainder: boolean): Pass<T[]> {
  let group: T[] = [];
  for await (const element of source) {
    group.push(element);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0 && !dropRemainder) yield group;
}

/** Batches of elements. */
export async function* batched<T>(
  who: string,
  groups: AsyncIterable<T[]>,
  combine: (who: string, group: readonly T[]) => unknown = stack,
): Pass<unknown> {
  for await (const group of groups) yield combine(who, group);
}

/** The rows of batches. */
export async function* unbatched(who: string, source: AsyncIterable<unknown>): Pass<unknown> {
  for await (const batch of source) {
    const { count, at } = rowsOf(who, batch, false);
    for (let i = 0; i < count; i++) yield at(i);
  }
}

/** Elements in random order: each is drawn from a buffer of the next `size`. */
export async function* shuffled<T>(source: AsyncIterable<T>, size: number, stream: RandomStream): Pass<T> {
  const buffer: T[] = [];
  for await (const element of source) {
    if (buffer.length < size) {
      buffer.push(element);
      continue;
    }
    const place = stream.nextBelow(size);
    const drawn = buffer[place] as T;
    buffer[place] = element;
    yield drawn;
  }
  while (buffer.length > 0) {
    const place = stream.nextBelow(buffer.length);
    const drawn = buffer[place] as T;
    const last = buffer.pop() as T;
    if (place < buffer.length) buffer[place] = last;
    yield drawn;
  }
}

/** Several passes over a dataset; ends with a pass that is empty, as an endless repetition of it would never yield. */
export async function* repeated<T>(source: AsyncIterable<T>, count: number): Pass<T> {
  for (let i = 0; i < count; i++) {
    let isEmpty = true;
    for await (const element of source) {
      isEmpty = false;
      yield element;
    }
    if (isEmpty) return;
  }
}

/** The first elements. The source is closed after the last of them, without reading another. */
export async function* taken<T>(source: AsyncIterable<T>, count: number): Pass<T> {
  let left = count;
  if (left === 0) return;
  for await (const element of source) {
    yield element;
    if (--left === 0) return;
  }
}

/** The elements of which the position is among the chosen ones. */
export async function* selected<T>(source: AsyncIterable<T>, chooses: (position: number) => boolean): Pass<T> {
  let position = 0;
  for await (const element of source) if (chooses(position++)) yield element;
}

/** The elements of one dataset after those of another. */
export async function* chained<T>(sources: readonly AsyncIterable<T>[]): Pass<T> {
  for (const source of sources) yield* source;
}

/** Lists of the elements of several datasets, until the first of them ends. */
export async function* zipped(sources: readonly AsyncIterable<unknown>[]): Pass<unknown[]> {
  const passes = sources.map((source) => source[Symbol.asyncIterator]());
  try {
    for (;;) {
      const row: unknown[] = [];
      for (const pass of passes) {
        const item: IteratorResult<unknown> = await pass.next();
        if (item.done === true) return;
        row.push(item.value);
      }
      yield row;
    }
  } finally {
    for (const pass of passes) await pass.return?.();
  }
}

/** The elements, of which there must be `count`. @throws ValueError for another number of them. */
export async function* counted<T>(who: string, source: AsyncIterable<T>, count: number): Pass<T> {
  let found = 0;
  const wrong = (shown: string): ValueError =>
    new ValueError(
      `[${who}] the iterable must yield as many elements as cardinality says, ${count}. Received: ${shown}.`,
    );
  for await (const element of source) {
    if (++found > count) throw wrong('more');
    yield element;
  }
  if (found < count) throw wrong(String(found));
}
