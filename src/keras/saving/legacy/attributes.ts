import { ValueError } from '../../../core/errors.ts';
import type { GroupBuilder } from '../groups.ts';
import type { StoredAttribute, StoredGroup } from '../../../formats/arrays/stored.ts';

/** The maximum size of an attribute in an HDF5 object header, in bytes. */
const LIMIT = 64512;

/** Sets an attribute of a group to a list of strings, split into several attributes if it is long, as in Keras. */
export function setStrings(group: GroupBuilder, name: string, strings: readonly string[]): void {
  if (strings.length === 0) {
    // NumPy's conversion of an empty list.
    group.set(name, { kind: 'array', dtype: 'float64', shape: [0], data: new Float64Array(0) });
    return;
  }
  const widest = Math.max(...strings.map((text) => new TextEncoder().encode(text).length));
  const pieces = Math.ceil((widest * strings.length) / LIMIT);
  if (pieces <= 1) {
    group.set(name, strings);
    return;
  }
  const each = Math.ceil(strings.length / pieces);
  for (let i = 0; i * each < strings.length; i++) group.set(`${name}${i}`, strings.slice(i * each, (i + 1) * each));
}

/** The list of strings that {@link setStrings} wrote; undefined if there is none. */
export function stringsOf(group: StoredGroup, name: string): readonly string[] | undefined {
  const whole = group.attributes.get(name);
  if (whole !== undefined) return asStrings(whole);
  const pieces: string[] = [];
  for (let i = 0; group.attributes.has(`${name}${i}`); i++) {
    pieces.push(...(asStrings(group.attributes.get(`${name}${i}`)) ?? []));
  }
  return pieces.length === 0 ? undefined : pieces;
}

function asStrings(value: StoredAttribute | undefined): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  if (isStrings(value)) return value;
  return value === undefined ? undefined : [];
}

function isStrings(value: StoredAttribute | undefined): value is readonly string[] {
  return Array.isArray(value);
}

/** The string attribute of a group; undefined if there is none. @throws ValueError if it is not a string. */
export function stringOf(group: StoredGroup, name: string, who: string): string | undefined {
  const value = group.attributes.get(name);
  if (value === undefined || typeof value === 'string') return value;
  throw new ValueError(`[${who}] the attribute ${name} must be a string. Received: a ${typeof value}.`);
}
