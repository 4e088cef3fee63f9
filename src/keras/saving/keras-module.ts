/** The fields of a config object that name its class. */
export interface ClassHeader {
  readonly class_name: string;
  readonly module?: unknown;
  readonly registered_name?: unknown;
}

/** The registered name of a class in a config; null if it has none. */
export function registeredNameOf({ registered_name: name }: ClassHeader): string | null {
  return typeof name === 'string' ? name : null;
}

/**
 * Whether a config object is of a class of Keras. A custom class may have the name of a built-in one, but has no module, or
 * another one, and a registered name. Files of Keras 2 state neither.
 */
export function isOfKeras(header: ClassHeader): boolean {
  const module = header.module ?? (registeredNameOf(header) === null ? 'keras' : '');
  return typeof module === 'string' && /^(keras|tf_keras|tensorflow)\b/.test(module);
}
