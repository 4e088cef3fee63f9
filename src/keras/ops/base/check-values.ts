import { show } from '../../../core/errors.ts';

/** Returns an argument that must be a list. @throws TypeError if it is none. */
export function checkValues<T>(who: string, name: string, values: readonly T[]): readonly T[] {
  const given: unknown = values;
  if (Array.isArray(given)) return values;
  throw new TypeError(`[${who}] ${name} must be a list of values. Received: ${name}=${show(values)}.`);
}
