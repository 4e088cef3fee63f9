import { closest, distance } from 'fastest-levenshtein';
import { show } from './errors.ts';
import { adviceFor, currentName } from './former-names.ts';

/**
 * Checks that an options object has no unknown options.
 * @throws TypeError that names the unknown option and the closest known one.
 */
export function checkOptions(who: string, options: unknown, allowed: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`[${who}] options must be an object. Received: ${show(options)}.`);
  }
  for (const name of Object.keys(options)) {
    if (!allowed.includes(name)) throw unknownName(who, 'option', name, allowed);
  }
}

/** The number of names that an error lists if none is similar. */
const LISTED = 8;

/**
 * Returns the error for an unknown name, with the name that replaced it in Keras, or a similar one; if there is neither, with
 * all known names if they are few.
 */
export function unknownName(who: string, kind: string, name: string, allowed: readonly string[]): TypeError {
  return new TypeError(`[${who}] unknown ${kind} ${show(name)}.${suggestionFor(name, allowed)}`);
}

function suggestionFor(name: string, known: readonly string[]): string {
  // A name can be right and its place wrong, such as the module of a class.
  const allowed = known.filter((each) => each !== name);
  const similar = currentName(name, allowed) ?? similarName(name, allowed);
  if (similar !== null) return ` Did you mean ${show(similar)}?`;
  const advice = adviceFor(name);
  if (advice !== null) return ` ${advice}`;
  if (allowed.length === 0 || allowed.length > LISTED) return '';
  return ` Known: ${allowed.map(show).join(', ')}.`;
}

/** The known name of which at most 40 % of the characters differ; null if there is none. */
function similarName(name: string, allowed: readonly string[]): string | null {
  if (allowed.length === 0) return null;
  const found = closest(name, [...allowed]);
  return distance(name, found) <= Math.floor(0.4 * Math.max(name.length, found.length)) ? found : null;
}

/** Returns an argument that must be a finite number. */
export function checkNumber(who: string, argument: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new TypeError(`[${who}] ${argument} must be a finite number. Received: ${argument}=${show(value)}.`);
  }
  return value;
}

/** Returns an argument that must be an integer ≥ `minimum`. */
export function checkInteger(who: string, argument: string, value: unknown, minimum: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum) {
    throw new TypeError(`[${who}] ${argument} must be an integer ≥ ${minimum}. Received: ${argument}=${show(value)}.`);
  }
  return value;
}

/**
 * Returns an argument that must be one integer ≥ `minimum`, or a list of them, as a list.
 *
 * @throws TypeError otherwise
 */
export function checkIntegers(
  who: string,
  argument: string,
  value: unknown,
  minimum: number = -Infinity,
): readonly number[] {
  const list: unknown = typeof value === 'number' ? [value] : value;
  const fits = (entry: unknown): boolean => typeof entry === 'number' && Number.isInteger(entry) && entry >= minimum;
  if (Array.isArray(list) && list.every(fits)) return list as readonly number[];
  const rule = minimum === -Infinity ? 'an integer' : `an integer ≥ ${minimum}`;
  throw new TypeError(`[${who}] ${argument} must be ${rule}, or a list of them. Received: ${argument}=${show(value)}.`);
}

/** Returns an argument that must be a boolean. */
export function checkBoolean(who: string, argument: string, value: unknown): boolean {
  if (typeof value !== 'boolean') {
    throw new TypeError(`[${who}] ${argument} must be true or false. Received: ${argument}=${show(value)}.`);
  }
  return value;
}

/** Returns an argument that must be one of the given strings. */
export function checkChoice<T extends string>(who: string, argument: string, value: unknown, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    const list = choices.map((choice) => JSON.stringify(choice)).join(', ');
    throw new TypeError(`[${who}] ${argument} must be one of ${list}. Received: ${argument}=${show(value)}.`);
  }
  return found;
}

/** Returns an argument that must be a string. */
export function checkString(who: string, argument: string, value: unknown): string {
  if (typeof value !== 'string') {
    throw new TypeError(`[${who}] ${argument} must be a string. Received: ${argument}=${show(value)}.`);
  }
  return value;
}
