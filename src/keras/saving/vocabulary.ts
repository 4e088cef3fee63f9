import type { Config, Json } from '../../core/config.ts';
import { show } from '../../core/errors.ts';
import {
  type ConfigClass,
  type Registry,
  findCustom,
  fromIdentifier,
  functionName,
  isIdentifier,
  optionsOf,
} from './registry.ts';
import type { ReadContext } from './read-context.ts';

/** The classes of a module, and the values that its `get` accepts. */
export interface Vocabulary<T> extends Registry<T> {
  /** The base of the classes. */
  readonly base: abstract new (...args: never[]) => T;
  /** The rule of `get` in messages: `a constraint must be a name, a config object or a Constraint`. */
  readonly rule: string;
}

/** A vocabulary that wraps custom functions in objects. */
export interface WrappingVocabulary<T, Fn> extends Vocabulary<T> {
  wrap(fn: Fn, options: Readonly<Record<string, Json>>): T;
}

/** The caller, in messages, and the context of a lookup. */
export interface Lookup {
  readonly who: string;
  readonly context: ReadContext;
  /** The config of objects that wrap functions. @default {} */
  readonly config?: Config;
}

/**
 * The classes among the exports of a module that are or extend a base, by the names of the exports, which no minifier changes.
 */
export function classesOf<T>(
  base: abstract new (...args: never[]) => T,
  exports: Readonly<Record<string, unknown>>,
): Readonly<Record<string, ConfigClass<T>>> {
  const extendsBase = (value: unknown): value is ConfigClass<T> =>
    typeof value === 'function' && (value === base || value.prototype instanceof base);
  return Object.fromEntries(
    Object.entries(exports).filter((entry): entry is [string, ConfigClass<T>] => extendsBase(entry[1])),
  );
}

/** The error for a value of a type that `get` does not accept. */
export function wrongKind(rule: string, given: unknown, who: string): TypeError {
  return new TypeError(`[${who}] ${rule}. Received: ${show(given)}.`);
}

/**
 * Returns the object for a name or a config object; objects of the vocabulary are returned unchanged.
 * @throws TypeError if there is no such name, or the value has another type.
 */
export function fromVocabulary<T>(vocabulary: Vocabulary<T>, given: unknown, who: string, context: ReadContext): T {
  if (given instanceof vocabulary.base) return given;
  if (isIdentifier(given)) return fromIdentifier(vocabulary, given, who, context);
  throw wrongKind(vocabulary.rule, given, who);
}

/** Like {@link fromVocabulary}, but null is returned for null and undefined. */
export function fromVocabularyOrNull<T>(
  vocabulary: Vocabulary<T>,
  given: unknown,
  who: string,
  context: ReadContext,
): T | null {
  return given === null || given === undefined ? null : fromVocabulary(vocabulary, given, who, context);
}

/**
 * Like {@link fromVocabulary}, but functions, passed or named, are wrapped.
 * @param fromName returns the object for a name other than that of a custom function, including names of custom classes
 */
export function fromWrappingVocabulary<T, Fn>(
  vocabulary: WrappingVocabulary<T, Fn>,
  given: unknown,
  { who, context, config = {} }: Lookup,
  fromName: (name: string, isCustom: boolean) => T,
): T {
  if (given instanceof vocabulary.base) return given;
  if (typeof given === 'function') return vocabulary.wrap(given as Fn, optionsOf(config));
  const name = typeof given === 'string' ? given : functionName(given);
  if (name !== null) {
    const custom = findCustom(context.customObjects, name);
    return typeof custom === 'function' && !('fromConfig' in custom)
      ? vocabulary.wrap(custom as Fn, { name, ...optionsOf(config) })
      : fromName(name, custom !== undefined);
  }
  return fromVocabulary(vocabulary, given, who, context);
}
