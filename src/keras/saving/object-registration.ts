import { checkOptions } from '../../core/checks.ts';
import { type NamedClass, nameInFiles } from './class-name.ts';
import { show } from '../../core/errors.ts';
import { type CustomObjects, scopedObjects } from './custom-object-scope.ts';

export type { CustomObjects } from './custom-object-scope.ts';

/** Without a prototype, so that every name in it is one of an object. */
const objects = Object.create(null) as Record<string, unknown>;
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
    objects[full] = object;
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
 * The registered classes and functions by name, `package>name` as a rule: the table itself, which may be changed. The objects
 * of {@link customObjectScope} are not in it.
 *
 * @example
 * utils.getCustomObjects()['docs>three'] = 3;
 * getRegisteredObject('docs>three');                   // 3
 * delete utils.getCustomObjects()['docs>three'];       // true
 * @see https://keras.io/api/models/model_saving_apis/serialization_utils/#getcustomobjects-function
 */
export function getCustomObjects(): Record<string, unknown> {
  return objects;
}

/** Options of {@link getRegisteredObject}: where names are looked up last. */
export interface RegisteredObjectOptions {
  /** Classes and functions by name, after the registered ones. @default {} */
  readonly customObjects?: CustomObjects | null | undefined;
  /** Classes and functions by name, after `customObjects`. @default {} */
  readonly moduleObjects?: CustomObjects | null | undefined;
}

/**
 * The class or function of a name: that of the scope, otherwise the one that was registered under `package>name`, otherwise
 * that of `customObjects` or `moduleObjects`; null if there is none.
 *
 * @throws TypeError for unknown options.
 * @example
 * getRegisteredObject('docs>Unknown');                                            // null
 * getRegisteredObject('size', { customObjects: { size: 3 } });                    // 3
 * utils.customObjectScope({ size: 4 }, () => getRegisteredObject('size'));        // 4
 * @see https://keras.io/api/models/model_saving_apis/serialization_utils/#getregisteredobject-function
 */
export function getRegisteredObject(name: string, options: RegisteredObjectOptions = {}): unknown {
  checkOptions('getRegisteredObject', options, ['customObjects', 'moduleObjects']);
  for (const table of [scopedObjects(), objects, options.customObjects ?? {}, options.moduleObjects ?? {}]) {
    if (Object.hasOwn(table, name)) return table[name];
  }
  return null;
}

function checkName(who: string, argument: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && !value.includes('>')) return value;
  throw new TypeError(
    `[${who}] ${argument} must be a non-empty string without ">". Received: ${argument}=${show(value)}.`,
  );
}
