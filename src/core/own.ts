/**
 * The entry of a record under a name that comes from outside: only an own one, since `constructor` and `toString` are names
 * that every object inherits.
 */
export function own<V>(record: Readonly<Record<string, V>>, name: string): V | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Sets an own entry of a record, also under the name `__proto__`, which an assignment would give another meaning. */
export function setOwn<V>(record: Record<string, V>, name: string, value: V): void {
  Object.defineProperty(record, name, { value, enumerable: true, writable: true, configurable: true });
}
