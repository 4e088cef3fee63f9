/** A value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The arguments of an object under Keras's own names, as Keras writes them to files. */
export type Config = Readonly<Record<string, Json>>;

/** An object in Keras's JSON: which class it is and the arguments to make it again. */
export interface SerializedObject {
  /** Where Keras has the class; null for one of the user's. */
  readonly module: string | null;
  /** The name of the class. */
  readonly class_name: string;
  /** The arguments to make the object again. */
  readonly config: Config;
  /** The name under which the user gave the class; null for Keras's own. */
  readonly registered_name: string | null;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is a config object: `{ class_name, config }`, with or without module and registered_name. */
export function isSerializedObject(value: unknown): value is { class_name: string; config: Config } {
  return isRecord(value) && typeof value['class_name'] === 'string' && isRecord(value['config']);
}
