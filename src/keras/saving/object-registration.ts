import { type NamedClass, nameInFiles } from './class-name.ts';
import { show } from '../../core/errors.ts';

/** The user's classes and functions, by the names under which configs refer to them. */
export type CustomObjects = Readonly<Record<string, unknown>>;

const objects = new Map<string, object>();
const names = new WeakMap<object, string>();

/**
 * Registers a custom class or function under `package>name`: configs and files contain this name, and are read without
 * `customObjects`. A later registration under the same name replaces an earlier one.
 *
 * @param packageName a prefix that distinguishes the names of different authors
 * @param name the name in files; by default the `className`, or the name of the class or function
 * @returns a decorator, which registers the class or function and returns it
 * @throws TypeError if the object is neither a class nor a function, or has no name; ValueError if a minifier has given it its name.
 * @example
 * class Doubled extends Layer {
 *   static className = 'Doubled';
 *   call(x) { return ops.multiply(x, 2); }
 * }
 * registerKerasSerializable('docs')(Doubled);
 * getRegisteredName(Doubled);                                   // 'docs>Doubled'
 * layers.deserialize(layers.serialize(new Doubled())).name;     // 'doubled'
 * @see https://keras.io/api/models/model_saving_apis/serialization_utils/#registerkerasserializable-function
 */
export function registerKerasSerializable(
  packageName = 'Custom',
  name: string | null = null,
): <T extends object>(object: T) => T {
  const who = 'registerKerasSerializable';
  checkName(who, 'packageName', packageName);
  if (name !== null) checkName(who, 'name', name);
  return (object) => {
    if (typeof object !== 'function') {
      throw new TypeError(`[${who}] the registered object must be a class or a function. Received: ${show(object)}.`);
    }
    const full = `${packageName}>${name ?? nameOf(object, who)}`;
    objects.set(full, object);
    names.set(object, full);
    return object;
  };
}

function nameOf(object: { readonly name: string; readonly className?: unknown }, who: string): string {
  const own = Object.hasOwn(object, 'className') ? object.className : null;
  return checkName(who, 'name', typeof own === 'string' ? own : nameInFiles(object as NamedClass, who));
}

/**
 * The name under which a class or a function was registered; null if it was not.
 *
 * @example
 * getRegisteredName(layers.Dense);    // null
 * @see https://keras.io/api/models/model_saving_apis/serialization_utils/#getregisteredname-function
 */
export function getRegisteredName(object: unknown): string | null {
  return typeof object === 'function' ? (names.get(object) ?? null) : null;
}

/** The name of a custom class in files: its registered one, or its own. @throws ValueError if a minifier made that */
export function writtenName(constructor: NamedClass, who: string): string {
  return names.get(constructor) ?? nameInFiles(constructor, who);
}

/**
 * The class or function that was registered under `package>name`; null if there is none.
 *
 * @example
 * getRegisteredObject('docs>Unknown');    // null
 * @see https://keras.io/api/models/model_saving_apis/serialization_utils/#getregisteredobject-function
 */
export function getRegisteredObject(name: string): unknown {
  return objects.get(name) ?? null;
}

function checkName(who: string, argument: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && !value.includes('>')) return value;
  throw new TypeError(
    `[${who}] ${argument} must be a non-empty string without ">". Received: ${argument}=${show(value)}.`,
  );
}
