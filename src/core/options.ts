import { closest } from 'fastest-levenshtein';
import { show } from './errors.ts';

/**
 * Checks that an options object holds only options that exist.
 * @throws TypeError that names the unknown option and the nearest one that exists.
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

/** The error for a name that does not exist, with the nearest one that does. */
export function unknownName(who: string, kind: string, name: string, allowed: readonly string[]): TypeError {
  const nearest = allowed.length === 0 ? '' : ` Did you mean ${JSON.stringify(closest(name, [...allowed]))}?`;
  return new TypeError(`[${who}] unknown ${kind} ${JSON.stringify(name)}.${nearest}`);
}

/** Checks an argument that must be a finite number. */
export function checkNumber(who: string, argument: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new TypeError(`[${who}] ${argument} must be a finite number. Received: ${argument}=${show(value)}.`);
  }
  return value;
}

/** Checks an argument that must be an integer of at least `least`. */
export function checkInteger(who: string, argument: string, value: unknown, least: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least) {
    throw new TypeError(
      `[${who}] ${argument} must be an integer of at least ${least}. Received: ${argument}=${show(value)}.`,
    );
  }
  return value;
}

/** Checks an argument that must be true or false. */
export function checkBoolean(who: string, argument: string, value: unknown): boolean {
  if (typeof value !== 'boolean') {
    throw new TypeError(`[${who}] ${argument} must be true or false. Received: ${argument}=${show(value)}.`);
  }
  return value;
}

/** Checks an argument that must be one of a few strings. */
export function checkChoice<T extends string>(who: string, argument: string, value: unknown, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    const list = choices.map((choice) => JSON.stringify(choice)).join(', ');
    throw new TypeError(`[${who}] ${argument} must be one of ${list}. Received: ${argument}=${show(value)}.`);
  }
  return found;
}

/** Checks an argument that must be a string. */
export function checkString(who: string, argument: string, value: unknown): string {
  if (typeof value !== 'string') {
    throw new TypeError(`[${who}] ${argument} must be a string. Received: ${argument}=${show(value)}.`);
  }
  return value;
}
