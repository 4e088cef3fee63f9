/**
 * Thrown for an argument of the right type with an invalid value: a shape that does not fit, an axis out of range, a label
 * without a class. A wrong type or an unknown option is a `TypeError`.
 *
 * Messages have the form `[who] expectation. Received: argument=value. Fix.`
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
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

/**
 * Thrown when an invariant of evenkeel is violated: a bug in the library, never in the calling code.
 *
 * @example
 * new InternalError('a node has no output.').message;   // 'internal: a node has no output. Please report this.'
 */
export class InternalError extends Error {
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
export class NotImplementedError extends Error {
  override readonly name = 'NotImplementedError';
}

/** Formats a received value as it would be typed in code, shortened to one line. */
export function show(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'symbol') return value.toString();
  if (value instanceof Map || value instanceof Set) return value.constructor.name;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return `a ${value.constructor.name}`;
  }
  let text: string | undefined;
  try {
    text = JSON.stringify(value, (_, entry: unknown) =>
      typeof entry === 'number' && !Number.isFinite(entry) ? String(entry) : entry,
    );
  } catch {
    text = undefined;
  }
  if (text === undefined) return typeof value;
  text = text.replaceAll(',', ', ');
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
