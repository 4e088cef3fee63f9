import { type Config, type Json, isRecord, isSerializedObject } from '../../core/config.ts';
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

/** The classes of a room, and what its `get` takes. */
export interface Vocabulary<T> extends Registry<T> {
  /** What all its classes extend. */
  readonly base: abstract new (...args: never[]) => T;
  /** What `get` takes, as messages say it: `a constraint must be a name, a config object or a Constraint`. */
  readonly rule: string;
}

/** A vocabulary in which a function of the user's is wrapped in an object. */
export interface WrappingVocabulary<T, Fn> extends Vocabulary<T> {
  /** The class that functions are wrapped in, as configs name it. */
  readonly wrapper: string;
  wrap(fn: Fn, options: Readonly<Record<string, Json>>): T;
}

/** Who asks, and what is known besides the vocabulary. */
export interface Asking {
  readonly who: string;
  readonly context: ReadContext;
  /** For what is made from a function of the user's. @default {} */
  readonly config?: Config;
}

/**
 * The classes among the exports of a module that extend a base, by the names of the exports, which no minifier changes.
 */
export function classesOf<T>(
  base: abstract new (...args: never[]) => T,
  exports: Readonly<Record<string, unknown>>,
): Readonly<Record<string, ConfigClass<T>>> {
  const extendsBase = (value: unknown): value is ConfigClass<T> =>
    typeof value === 'function' && value.prototype instanceof base;
  return Object.fromEntries(
    Object.entries(exports).filter((entry): entry is [string, ConfigClass<T>] => extendsBase(entry[1])),
  );
}

/** The error for a value of a kind that `get` does not take. */
export function wrongKind(rule: string, given: unknown, who: string): TypeError {
  return new TypeError(`[${who}] ${rule}. Received: ${show(given)}.`);
}

/**
 * The object that a name or a config object stands for; an object of the vocabulary is itself.
 * @throws TypeError if there is no such name, or the value is of another kind.
 */
export function fromVocabulary<T>(vocabulary: Vocabulary<T>, given: unknown, who: string, context: ReadContext): T {
  if (given instanceof vocabulary.base) return given;
  if (isIdentifier(given)) return fromIdentifier(vocabulary, given, who, context);
  throw wrongKind(vocabulary.rule, given, who);
}

/** Like {@link fromVocabulary}, and null stands for none. */
export function fromVocabularyOrNull<T>(
  vocabulary: Vocabulary<T>,
  given: unknown,
  who: string,
  context: ReadContext,
): T | null {
  return given === null || given === undefined ? null : fromVocabulary(vocabulary, given, who, context);
}

/**
 * Like {@link fromVocabulary}, and a function, given or named, is wrapped.
 * @param fromName what a name stands for that is none of a function of the user's; it may be that of a class of the user's
 */
export function fromWrappingVocabulary<T, Fn>(
  vocabulary: WrappingVocabulary<T, Fn>,
  given: unknown,
  { who, context, config = {} }: Asking,
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
  return isSerializedObject(given) && given.class_name === vocabulary.wrapper
    ? fromWrapper(vocabulary, given.config, who, context)
    : fromVocabulary(vocabulary, given, who, context);
}

/** What a config stands for in which only the name of the wrapped function is written. */
function fromWrapper<T, Fn>(
  vocabulary: WrappingVocabulary<T, Fn>,
  config: Config,
  who: string,
  context: ReadContext,
): T {
  const { fn, ...options } = optionsOf(config);
  const name = isRecord(fn) ? functionName(fn) : null;
  const custom = name === null ? undefined : findCustom(context.customObjects, name);
  if (typeof custom === 'function') return vocabulary.wrap(custom as Fn, options);
  throw new TypeError(
    `[${who}] a ${vocabulary.kind} made of a function needs that function. Received: fn=${show(name ?? fn)}. Pass it in customObjects under its name.`,
  );
}
