/** Classes and functions of the library that an entry of its own registers by name, as custom ones are. */
const objects = new WeakSet<object>();

/** Marks a registered class or function as one of the library: its code depends on no size in an unknown way. */
export function addLibraryObject(object: object): void {
  objects.add(object);
}

/** Whether a registered class or function is one of the library. */
export function isLibraryObject(object: object): boolean {
  return objects.has(object);
}
