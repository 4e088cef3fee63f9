/** The maximum depth of the search through arrays and records. */
const DEPTH = 4;

/** The instances of a kind in the fields of an object, including nested arrays and plain records. */
export function findFields<T extends object>(owner: T, isKind: (value: unknown) => value is T): readonly T[] {
  const found = new Set<T>();
  const collect = (value: unknown, depth: number): void => {
    if (isKind(value)) found.add(value);
    else if (depth < DEPTH && isPlain(value)) for (const entry of Object.values(value)) collect(entry, depth + 1);
  };
  for (const value of Object.values(owner)) collect(value, 0);
  found.delete(owner);
  return [...found];
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
