import { escapeLine } from './escape.ts';

/** An error whose message is one line, whatever the names in it. */
class OneLineError extends Error {
  constructor(message = '', options?: ErrorOptions) {
    super(escapeLine(message), options);
  }
}

/**
 * Thrown for an argument of the right type with an invalid value: a shape that does not fit, an axis out of range, a label
 * without a class. A wrong type or an unknown option is a `TypeError`.
 *
 * Messages have the form `[who] expectation. Received: argument=value. Fix.` They are one line: control characters, which
 * names in files may contain, are escaped.
 *
 * @example
 * try {
 *   tensor([[1, 2], [3]]);
 * } catch (error) {
 *   console.log(String(error));
 *   // ValueError: [tensor] nested arrays must not be ragged: expected a list of 2 at [1]. Received: a list of 1.
 * }
 * @see https://docs.python.org/3/library/exceptions.html#ValueError
 */
export class ValueError extends OneLineError {
  override readonly name = 'ValueError';
}

/**
 * Thrown when an invariant of evenkeel is violated: a bug in the library, never in the calling code.
 *
 * @example
 * new InternalError('a node has no output.').message;   // 'internal: a node has no output. Please report this.'
 */
export class InternalError extends OneLineError {
  override readonly name = 'InternalError';
  constructor(message: string) {
    super(`internal: ${message} Please report this.`);
  }
}

/**
 * Thrown for a feature that is not supported, by name: a primitive without a gradient, an operator that a target lacks.
 *
 * @example
 * new NotImplementedError('the primitive sort has no gradient.').name;   // 'NotImplementedError'
 * @see https://docs.python.org/3/library/exceptions.html#NotImplementedError
 */
export class NotImplementedError extends OneLineError {
  override readonly name = 'NotImplementedError';
}

/** The key of the string with which a class shows its instances in messages, where `a Name` does not help. */
export const SHOWN: unique symbol = Symbol('shown');

/** Formats a received value as it would be typed in code, shortened to one line. */
export function show(value: unknown): string {
  return escapeLine(describe(value));
}

function describe(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'symbol') return value.toString();
  if (value instanceof Map || value instanceof Set) return value.constructor.name;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (SHOWN in value && typeof value[SHOWN] === 'string') return value[SHOWN];
    if (prototype !== Object.prototype && prototype !== null) return `a ${value.constructor.name}`;
  }
  let text: string | undefined;
  try {
    // Of an array with thousands of elements, only the first are shown.
    text = JSON.stringify(value, (_, entry: unknown) => showEntry(entry));
  } catch {
    text = undefined;
  }
  if (text === undefined) return typeof value;
  text = escapeLine(text.replaceAll(',', ', '));
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

/** An entry of a list or record: the elements of lists and literals, and other objects by the name of their class. */
function showEntry(entry: unknown): unknown {
  if (typeof entry === 'bigint' || (typeof entry === 'number' && !Number.isFinite(entry))) return String(entry);
  if (typeof entry === 'function') return show(entry);
  if (typeof entry !== 'object' || entry === null) return entry;
  if (Array.isArray(entry)) return entry.length > 40 ? entry.slice(0, 40) : entry;
  const prototype: unknown = Object.getPrototypeOf(entry);
  return prototype === Object.prototype || prototype === null ? entry : `a ${entry.constructor.name}`;
}
