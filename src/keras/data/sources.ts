import { ValueError, show } from '../../core/errors.ts';
import type { Pass } from './transformations.ts';

/** Begins a pass over a source. */
export type PassSource<T> = () => Pass<T>;

type AnyIterable<T> = Iterable<T> | AsyncIterable<T>;

/** Passes over what a function returns. @throws TypeError unless it is a function. */
export function passesOf<T>(who: string, generator: () => AnyIterable<T> | Promise<AnyIterable<T>>): PassSource<T> {
  if (typeof generator !== 'function') {
    throw new TypeError(
      `[${who}] generator must be a function that returns an iterable. Received: ${show(generator)}. Use Dataset.fromIterable for an iterable.`,
    );
  }
  return async function* () {
    const made = await generator();
    checkIterable(who, made);
    yield* made;
  };
}

/** Passes over an iterable. @throws TypeError unless it is one. */
export function passesOver<T>(who: string, iterable: AnyIterable<T>): PassSource<T> {
  checkIterable(who, iterable);
  let isRead = false;
  return async function* () {
    // An iterator is its own iterable.
    const isOnce = typeof iterable === 'object' && 'next' in iterable;
    if (isOnce && isRead) {
      throw new ValueError(
        `[${who}] a generator can be read once. Received: one that has been read. Pass its function to Dataset.fromGenerator.`,
      );
    }
    isRead = true;
    yield* iterable;
  };
}

function checkIterable(who: string, value: unknown): void {
  const isIterable =
    typeof value === 'string' ||
    (typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value));
  if (isIterable) return;
  throw new TypeError(`[${who}] the elements must come from an iterable. Received: ${show(value)}.`);
}
