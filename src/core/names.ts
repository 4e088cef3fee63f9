import { escapeLine } from './escape.ts';
import { ValueError, show } from './errors.ts';

/** The number of automatic names per prefix: process-wide, as in Keras. */
const counters = new Map<string, number>();

/** The forms of names that were asked for: those of classes and options, over and over. */
const snakeCases = new Map<string, string>();

/** The snake-case form of a class name, as in Keras: `BatchNormalization` → `batch_normalization`. */
export function snakeCase(name: string): string {
  const known = snakeCases.get(name);
  if (known !== undefined) return known;
  const made = name
    .replaceAll(/\W+/g, '')
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
  snakeCases.set(name, made);
  return made;
}

/** Returns `dense`, then `dense_1`, `dense_2`, … for the prefix `dense`. */
export function uniqueName(prefix: string): string {
  const count = counters.get(prefix) ?? 0;
  counters.set(prefix, count + 1);
  return count === 0 ? prefix : `${prefix}_${count}`;
}

/**
 * Resets the counters of automatic names, as `keras.backend.clear_session` does.
 *
 * @example
 * resetNames();
 * new layers.Dense(1).name;   // 'dense'
 * new layers.Dense(1).name;   // 'dense_1'
 * @see https://keras.io/api/utils/config_utils/#clear_session-function
 */
export function resetNames(): void {
  counters.clear();
}

/** Checks the name of a layer or an operation, which becomes a part of the paths of weights. */
export function checkName(name: unknown, className: string): string {
  if (typeof name === 'string' && name !== '' && !name.includes('/')) return name;
  throw new ValueError(`[${className}] name must be a string without "/". Received: name=${show(name)}.`);
}

/** `BatchNormalization bn_1`: a layer or an operation in messages. */
export const titleOf = (className: string, name: string): string => escapeLine(`${className} ${name}`);
