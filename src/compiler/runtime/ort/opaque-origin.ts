/**
 * Imports a build of onnxruntime-web where the script of a thread is a file. The engine resolves its own address against
 * `location.origin`, which in Deno's workers is the text `null`: files have an opaque origin, which is no base of an address. Without
 * a `location`, as in Node, it does not.
 */
export async function importWithoutOrigin<T>(load: () => Promise<T>): Promise<T> {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'location');
  const { location } = globalThis as { readonly location?: { readonly origin: string } };
  if (descriptor?.configurable !== true || location?.origin !== 'null') return load();
  Object.defineProperty(globalThis, 'location', { value: undefined, configurable: true });
  try {
    return await load();
  } finally {
    Object.defineProperty(globalThis, 'location', descriptor);
  }
}
