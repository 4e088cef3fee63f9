/** A value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The arguments of an object under Keras's names, as Keras writes them to files. */
export type Config = Readonly<Record<string, Json>>;

/** An object in Keras's JSON: its class and the arguments to recreate it. */
export interface SerializedObject {
  /** The Python module of the class; null for a custom class. */
  readonly module: string | null;
  /** The name of the class. */
  readonly class_name: string;
  /** The arguments to recreate the object. */
  readonly config: Config;
  /** The name under which a custom class is registered; null for a class of Keras. */
  readonly registered_name: string | null;
}

/** Whether a value is an object other than an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is an object that is not of a class. */
export function isPlainRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && Object.getPrototypeOf(value) === Object.prototype;
}

/** Whether a value is a config object: `{ class_name, config }`, with or without module and registered_name. */
export function isSerializedObject(value: unknown): value is { class_name: string; config: Config } {
  return isRecord(value) && typeof value['class_name'] === 'string' && isRecord(value['config']);
}
