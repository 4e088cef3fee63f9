import { type Config, type Json, type SerializedObject, isRecord, isSerializedObject } from '../../core/config.ts';
import { show } from '../../core/errors.ts';
import { snakeCase } from '../../core/names.ts';
import { isOfKeras, registeredNameOf } from './keras-module.ts';
import { classNameOf, nameInFiles } from './class-name.ts';
import { type CustomObjects, scopedObjects } from './custom-object-scope.ts';
import { getRegisteredName, getRegisteredObject } from './object-registration.ts';
import { type ReadContext, defaultContext } from './read-context.ts';
import { unknownClass } from './unknown-class.ts';

export type { CustomObjects } from './object-registration.ts';

/** A class whose objects are written as the name of the class and a config. */
export interface ConfigClass<T> {
  fromConfig(config: Config, context?: ReadContext): T;
}

/** The classes of one of Keras's modules: a plain table, so that nothing is registered by a side effect. */
export interface Registry<T> {
  /** `keras.initializers` */
  readonly module: string;
  /** The noun for an object of the module in messages: `initializer`. */
  readonly kind: string;
  readonly classes: Readonly<Record<string, ConfigClass<T>>>;
  /** Additional names of classes; `snake_case(class)` is a name without an entry here. */
  readonly aliases?: Readonly<Record<string, string>>;
}

/** A config object, written by Keras or by hand: only class_name and config are required. */
export interface ConfigObject {
  readonly class_name: string;
  readonly config: Config;
  readonly module?: string | null;
  readonly registered_name?: string | null;
}

const own = <V>(table: Readonly<Record<string, V>>, name: string): V | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** The class of this name (`GlorotUniform`, `glorot_uniform` or an alias), or undefined. */
export function findClass<T>(registry: Registry<T>, name: string): ConfigClass<T> | undefined {
  const direct = own(registry.classes, own(registry.aliases ?? {}, name) ?? name);
  if (direct !== undefined) return direct;
  const found = Object.keys(registry.classes).find((className) => snakeCase(className) === name);
  return found === undefined ? undefined : registry.classes[found];
}

/** All names that {@link findClass} accepts. */
export function namesOf<T>({ classes, aliases = {} }: Registry<T>): readonly string[] {
  const names = Object.keys(classes);
  return [...new Set([...names.map(snakeCase), ...names, ...Object.keys(aliases)])];
}

/**
 * The custom object of this name, with or without its package (`Custom>Mine` or `Mine`), of the argument or the scope; otherwise
 * the object that was registered under the package and name.
 */
export function findCustom(customObjects: CustomObjects, ...names: readonly (string | null | undefined)[]): unknown {
  for (const table of [customObjects, scopedObjects()]) {
    for (const name of names) {
      if (typeof name !== 'string') continue;
      const found = own(table, name) ?? own(table, name.slice(name.lastIndexOf('>') + 1));
      if (found !== undefined) return found;
    }
  }
  for (const name of names) {
    const registered = typeof name === 'string' ? getRegisteredObject(name) : null;
    if (registered !== null) return registered;
  }
  return undefined;
}

/**
 * Makes the object that a name or a config object describes; a name alone stands for the default options.
 * @throws TypeError if there is no such name.
 */
export function fromIdentifier<T>(
  registry: Registry<T>,
  identifier: string | ConfigObject,
  who: string,
  context: ReadContext = defaultContext,
): T {
  const { customObjects } = context;
  const name = typeof identifier === 'string' ? identifier : identifier.class_name;
  const config = typeof identifier === 'string' ? {} : identifier.config;
  const registeredName = typeof identifier === 'string' ? null : registeredNameOf(identifier);
  const isBuiltin = typeof identifier === 'string' || isOfKeras(identifier);
  const custom = findCustom(customObjects, registeredName, name);
  const builtin = isBuiltin ? findClass(registry, name) : undefined;
  const found = custom === undefined ? builtin : asClass<T>(custom, name, who);
  if (found === undefined) {
    const { kind, module } = registry;
    const given = { who, kind, ...(isBuiltin ? { module, name } : { module: '', name: registeredName ?? name }) };
    throw unknownClass(given, [...namesOf(registry), ...Object.keys(customObjects)]);
  }
  return found.fromConfig(config, context);
}

function asClass<T>(custom: unknown, name: string, who: string): ConfigClass<T> {
  if (typeof custom === 'function' && 'fromConfig' in custom && typeof custom.fromConfig === 'function') {
    return custom as unknown as ConfigClass<T>;
  }
  throw new TypeError(
    `[${who}] customObjects[${JSON.stringify(name)}] must be a class with a static fromConfig. Received: ${show(custom)}.`,
  );
}

/** Whether a value is a name or a config object. */
export function isIdentifier(value: unknown): value is string | ConfigObject {
  return typeof value === 'string' || isSerializedObject(value);
}

/** The name of a custom function in Keras's `{ class_name: 'function', config: name }`, or null. */
export function functionName(value: unknown): string | null {
  if (!isRecord(value) || value['class_name'] !== 'function' || typeof value['config'] !== 'string') return null;
  return value['config'];
}

/** Keras's JSON for a function. */
export interface SerializedFunction {
  readonly module: 'builtins';
  readonly class_name: 'function';
  readonly config: string;
  readonly registered_name: 'function';
}

/**
 * Keras's JSON for a function.
 *
 * @throws TypeError if the function has neither a registered name nor one of its own, by which it is found when read
 */
export function serializeFunction(fn: { readonly name: string }, who: string): SerializedFunction {
  const config = getRegisteredName(fn) ?? fn.name;
  if (config === '') {
    throw new TypeError(
      `[${who}] a function without a name cannot be written to a config. Received: ${show(fn)}. Give it a name, and pass it in customObjects to read it back.`,
    );
  }
  return { module: 'builtins', class_name: 'function', config, registered_name: 'function' };
}

/** The class's name in the registry, which no minifier changes; null for a custom class. */
export function builtinName<T extends object>(registry: Registry<T>, object: T): string | null {
  const constructor: unknown = object.constructor;
  const found = Object.entries(registry.classes).find(([, builtin]) => builtin === constructor);
  return found === undefined ? null : found[0];
}

/**
 * Keras's JSON for an object: module, class_name, config, registered_name.
 *
 * @throws TypeError if it is not an object with a config
 */
export function serializeWith<T extends { getConfig(): Config }>(registry: Registry<T>, object: T): SerializedObject {
  const given: unknown = object;
  const who = `${registry.module.slice(registry.module.indexOf('.') + 1)}.serialize`;
  if (typeof given !== 'object' || given === null || !('getConfig' in given)) {
    throw new TypeError(`[${who}] the ${registry.kind} must be an object with a config. Received: ${show(given)}.`);
  }
  const builtin = builtinName(registry, object);
  const registered = getRegisteredName(object.constructor);
  const className =
    builtin ?? (registered === null ? nameInFiles(object.constructor, who) : classNameOf(object.constructor));
  return {
    module: builtin === null ? null : registry.module,
    class_name: className,
    config: object.getConfig(),
    registered_name: builtin === null ? (registered ?? className) : null,
  };
}

/** Keras's keys as options: `label_smoothing` → `labelSmoothing`. */
export function optionsOf(config: Config): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}
