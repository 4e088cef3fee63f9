import { isArrayJson } from '../../core/array-json.ts';
import { type Config, type Json, isRecord } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkChoice, checkInteger, checkNumber, checkOptions, checkString } from '../../core/checks.ts';
import type { ReadContext } from './read-context.ts';

/**
 * The description of one option of a class. A table of them determines the checks, the defaults, the attributes, the
 * config keys and the order of the config. The option's type and its documentation are in the class's options interface.
 */
export interface Field<Value = unknown> {
  /** The default, as a user would give it; undefined for a required option, which is a positional argument. */
  readonly byDefault: unknown;
  /** Whether null stands for the default, as undefined does: where it is Keras's default. */
  readonly nullIsDefault?: boolean;
  /** The config key; undefined for the option's name in snake_case, null for an option that configs do not contain. */
  readonly key: string | null | undefined;
  /** The attribute's name; undefined for the option's, null for an option that is not kept as it is. */
  readonly attribute?: string | null | undefined;
  /** Whether a subclass has determined the value, so that it is an attribute, but neither an option nor in configs. */
  readonly isConstant?: boolean;
  /** Whether `revive` receives arrays as Keras's JSON, with their dtypes; otherwise as nested lists. */
  readonly keepsArrays?: boolean;
  /** Checks what a user gave, and converts it to the attribute. */
  read(who: string, option: string, given: unknown): Value;
  /** Converts the attribute to JSON; undefined leaves the key out of the config. */
  write(value: Value, who: string): Json | undefined;
  /** Converts the JSON of a config to something that `read` accepts, resolving custom objects. */
  revive(json: unknown, context: ReadContext): unknown;
}

/** The options of a class, in the order of Keras's config. */
export type Fields = Readonly<Record<string, Field>>;

/** The parts of a field that have a default. */
export interface FieldDefinition<Value> {
  readonly byDefault?: unknown;
  readonly key?: string | null;
  /** Checks what a user gave, and returns the attribute. */
  read(who: string, option: string, given: unknown): Value;
  /** Returns the JSON of an attribute. */
  write?(value: Value, who: string): Json | undefined;
  /** Returns the option that a config's JSON stands for. */
  revive?(json: unknown, context: ReadContext): unknown;
}

/** Makes a field; by default the attribute is its own JSON. */
export function field<Value>(definition: FieldDefinition<Value>): Field<Value> {
  return {
    byDefault: definition.byDefault,
    key: definition.key,
    read: (who, option, given) => definition.read(who, option, given),
    write: (value, who) => (definition.write === undefined ? (value as Json) : definition.write(value, who)),
    revive: (json, context) => (definition.revive === undefined ? json : definition.revive(json, context)),
  };
}

/** The bounds of a number, inclusive except for `above`. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** An exclusive lower bound: `above: 0` for positive numbers. */
  readonly above?: number;
}

const describe = ({ min, max, above }: Bounds): string => {
  if (above !== undefined) return max === undefined ? `greater than ${above}` : `in (${above}, ${max}]`;
  if (min !== undefined && max !== undefined) return `in [${min}, ${max}]`;
  return min === undefined ? `≤ ${String(max)}` : `≥ ${min}`;
};

function checkBounds(who: string, option: string, value: number, bounds: Bounds): number {
  const { min = -Infinity, max = Infinity, above = -Infinity } = bounds;
  if (value >= min && value <= max && value > above) return value;
  throw new ValueError(`[${who}] ${option} must be ${describe(bounds)}. Received: ${option}=${value}.`);
}

/** A finite number. */
export function number(byDefault?: number, bounds: Bounds = {}): Field<number> {
  return field({
    byDefault,
    read: (who, option, given) => checkBounds(who, option, checkNumber(who, option, given), bounds),
  });
}

/** An integer, optionally in [`min`, `max`]. */
export function integer(byDefault?: number, min?: number, max: number = Infinity): Field<number> {
  return field({
    byDefault,
    read: (who, option, given) => {
      if (typeof given === 'number' && given > max) {
        throw new ValueError(`[${who}] ${option} must be at most ${max}. Received: ${option}=${show(given)}.`);
      }
      if (min !== undefined) return checkInteger(who, option, given, min);
      if (typeof given === 'number' && Number.isSafeInteger(given)) return given;
      throw new TypeError(`[${who}] ${option} must be an integer. Received: ${option}=${show(given)}.`);
    },
  });
}

/** A boolean. */
export function boolean(byDefault?: boolean): Field<boolean> {
  return field({ byDefault, read: checkBoolean });
}

/** A string. */
export function string(byDefault?: string): Field<string> {
  return field({ byDefault, read: checkString });
}

/** One of a few strings. */
export function choice<T extends string>(choices: readonly T[], byDefault?: T): Field<T> {
  return field({ byDefault, read: (who, option, given) => checkChoice(who, option, given, choices) });
}

/** One of a few strings in lower case, given in any case. */
export function anyCase<T extends string>(choices: readonly T[], byDefault?: T): Field<T> {
  return field({
    byDefault,
    read: (who, option, given) => {
      const lower = choices.find((each) => typeof given === 'string' && each === given.toLowerCase());
      return lower ?? checkChoice(who, option, given, choices);
    },
  });
}

/** A field whose value may also be null, which is its default. */
export function nullable<Value>(inner: Field<Value>): Field<Value | null> {
  return {
    ...inner,
    byDefault: inner.byDefault ?? null,
    read: (who, option, given) => (given === null ? null : inner.read(who, option, given)),
    write: (value, who) => (value === null ? null : inner.write(value, who)),
    revive: (json, context) => (json === null ? null : inner.revive(json, context)),
  };
}

/** A field that is left out of configs where it is null. */
export function unwrittenIfNull<Value>(inner: Field<Value | null>): Field<Value | null> {
  return { ...inner, write: (value, who) => (value === null ? undefined : inner.write(value, who)) };
}

/** A field of which null stands for the default, because Keras's default is None. */
export function nullIsDefault<Value>(inner: Field<Value>): Field<Value> {
  return { ...inner, nullIsDefault: true };
}

/** A field that is written under another key than the option's name in snake_case; null keeps it out of configs. */
export function under<Value>(key: string | null, inner: Field<Value>): Field<Value> {
  return { ...inner, key };
}

/** A field without a default: a positional argument. */
export function required<Value>(inner: Field<Value>): Field<Value> {
  return { ...inner, byDefault: undefined };
}

/** A field whose attribute has another name than the option; null for an option that the constructor reads itself. */
export function keptAs<Value>(attribute: string | null, inner: Field<Value>): Field<Value> {
  return { ...inner, attribute };
}

/** An option of a base class that a subclass determines: an attribute, but neither an option nor in configs. */
export function constant<Value>(value: Value): Field<Value> {
  return { ...field({ byDefault: value, key: null, read: () => value }), isConstant: true };
}

/** A Keras option of which only the default is supported: null, which is also written. */
export function unsupported(reason: string): Field<null> {
  return field<null>({
    byDefault: null,
    read: (who, option, given) => {
      if (given === null) return null;
      throw new ValueError(`[${who}] ${option} must be null: ${reason}. Received: ${option}=${show(given)}.`);
    },
  });
}

/** The options of a class by name, as a user gave them: positional arguments included. */
export type GivenOptions = Readonly<Record<string, unknown>>;

/** The names of the required options, which constructors accept as positional arguments, in order. */
export function positionalOptions(fields: Fields): readonly string[] {
  return Object.keys(fields).filter((option) => fields[option]?.byDefault === undefined);
}

/**
 * Checks the options of a class, and returns its attributes. Nothing is assigned before every option has been checked.
 *
 * @param options the options object that the user gave
 * @param positional the positional arguments, by name
 * @throws TypeError if an option is unknown, missing or of a wrong type; ValueError if its value is not possible
 */
export function readFields(
  who: string,
  fields: Fields,
  options: object | undefined,
  positional: GivenOptions = {},
): Readonly<Record<string, unknown>> {
  checkOptions(who, options, allowedOptions(fields, positional));
  return attributesOf(fields, checkFields(who, fields, { ...options, ...positional }));
}

/** The names that an options object may have. */
export function allowedOptions(fields: Fields, positional: GivenOptions = {}): readonly string[] {
  return Object.keys(fields).filter(
    (option) => !Object.hasOwn(positional, option) && fields[option]?.isConstant !== true,
  );
}

/**
 * Checks the values of options whose names have been checked, and returns all options, defaults included.
 *
 * @throws TypeError if an option is missing or of a wrong type; ValueError if its value is not possible
 */
export function checkFields(who: string, fields: Fields, given: GivenOptions): GivenOptions {
  return Object.fromEntries(
    Object.entries(fields).map(([option, described]) => {
      const { byDefault, nullIsDefault = false } = described;
      const value = given[option];
      const isGiven = value !== undefined && !(value === null && nullIsDefault);
      return [option, described.read(who, option, isGiven || byDefault === undefined ? value : byDefault)];
    }),
  );
}

/** The attributes of an object by name, from the checked options. */
export function attributesOf(fields: Fields, options: GivenOptions): GivenOptions {
  const entries = Object.entries(options).flatMap(([option, value]): readonly (readonly [string, unknown])[] => {
    const attribute = attributeOf(option, fields[option]);
    return attribute === null ? [] : [[attribute, value]];
  });
  return Object.fromEntries(entries);
}

/** The config of an object, from its attributes, in the order of its fields. */
export function writeFields(who: string, fields: Fields, object: object): Config {
  const attributes = object as GivenOptions;
  const entries = Object.entries(fields).flatMap(([option, described]): readonly (readonly [string, Json])[] => {
    const key = keyOf(option, described);
    const attribute = attributeOf(option, described);
    const json = key === null || attribute === null ? undefined : described.write(attributes[attribute], who);
    return key === null || json === undefined ? [] : [[key, json]];
  });
  return Object.fromEntries(entries);
}

/** The arguments of a constructor: positional ones, then the options object. */
export type ConstructorArguments = readonly unknown[];

/**
 * The arguments of a class's constructor for one of its configs. A key that no field has becomes an option in camelCase,
 * which the constructor accepts or refuses.
 */
export function argumentsOf(fields: Fields, config: Config, context: ReadContext): ConstructorArguments {
  const optionOf = new Map(Object.entries(fields).map(([option, described]) => [keyOf(option, described), option]));
  const options = new Map(
    Object.entries(config).map(([key, json]) => {
      const option = optionOf.get(key) ?? camelCase(key);
      const described = Object.hasOwn(fields, option) ? fields[option] : undefined;
      if (described === undefined) return [option, json];
      return [option, json === null ? null : described.revive(plain(json, described), context)];
    }),
  );
  const positional = positionalOptions(fields);
  const values = positional.map((option) => options.get(option));
  return [...values, Object.fromEntries([...options].filter(([option]) => !positional.includes(option)))];
}

/** An array in Keras's JSON as nested lists, unless the field keeps its dtype. */
function plain(json: Json, { keepsArrays }: Field): Json {
  return isArrayJson(json) && keepsArrays !== true ? (json.config['value'] ?? null) : json;
}

/** `label_smoothing` → `labelSmoothing` */
export const camelCase = (key: string): string =>
  key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** `labelSmoothing` → `label_smoothing`; digits follow an underscore as in Keras's `beta_1`. */
const snakeKey = (option: string): string =>
  option.replaceAll(/[A-Z]|(?<=[a-z])[0-9]+/g, (part) => `_${part.toLowerCase()}`);

const attributeOf = (option: string, described: Field | undefined): string | null =>
  described?.attribute === undefined ? option : described.attribute;

/** The config key of an option; null if configs do not contain it. */
export const keyOf = (option: string, { key }: Field): string | null => (key === undefined ? snakeKey(option) : key);

/** A plain copy of an object as JSON, or null. */
export function json(value: object | null): Json {
  return value === null || !isRecord(value) ? null : ({ ...value } as Json);
}
