import { closest } from 'fastest-levenshtein';
import { show } from './errors.ts';

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

/** Returns the error for an unknown name, with the closest known one. */
export function unknownName(who: string, kind: string, name: string, allowed: readonly string[]): TypeError {
  const suggestion = allowed.length === 0 ? '' : ` Did you mean ${JSON.stringify(closest(name, [...allowed]))}?`;
  return new TypeError(`[${who}] unknown ${kind} ${JSON.stringify(name)}.${suggestion}`);
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
