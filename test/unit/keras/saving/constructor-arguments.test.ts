import * as evenkeel from 'evenkeel';
import { describe, expect, test } from 'vitest';
import { type Fields, camelCase, keyOf } from '../../../../src/keras/saving/fields.ts';
import { loadGolden } from '../../../support/golden.ts';

/** The values, or a class with a letter for each value of each argument; see the script. */
interface Case {
  readonly values?: readonly string[];
  readonly strings?: Readonly<Record<string, readonly string[]>>;
  readonly section: string;
  readonly name: string;
  readonly given: Readonly<Record<string, unknown>>;
  readonly arguments: Readonly<Record<string, string>>;
}

interface Class {
  readonly section: string;
  readonly name: string;
  /** Arguments as `name` or `name=default`. */
  readonly arguments: readonly string[];
}

type Made = (new (options: object) => unknown) & { readonly fields?: Fields };

const [head, ...classes] = loadGolden<Case>('constructor-arguments').cases;
const rooms = { ...evenkeel, schedules: evenkeel.optimizers.schedules } as unknown as Readonly<
  Record<string, Readonly<Record<string, Made>>>
>;
const defaults = new Map(
  loadGolden<Class>('keras-inventory').cases.flatMap(({ section, name, arguments: described }) =>
    described.map((argument): [string, string | undefined] => {
      const [own = '', byDefault] = argument.split('=');
      return [`${section}.${name}.${own}`, byDefault];
    }),
  ),
);

const NUMBERS: Readonly<Record<string, number>> = { NaN, Infinity };
const read = (text: string): unknown => NUMBERS[text] ?? (JSON.parse(text) as unknown);

/** Values that Keras refuses and evenkeel accepts, with the reason. */
const ACCEPTED: readonly (readonly [argument: RegExp, values: readonly string[], reason: string])[] = [
  [/BatchNormalization\.axis/, ['[0]', '[1]', '[2]', '[-1]', '[1,2]', '[0,1]'], 'several axes, as in Keras 2'],
  [/BatchNormalization\.axis/, ['[2,2]', '[0,0]', '[-1,-1]', '[1,2,3]', '[2,2,2]', '[1,1,1,1]'], 'refused by build'],
  [/\.(threshold|beta)$/, ['1', '2'], 'JavaScript does not distinguish 1 from 1.0'],
  [/\.(learning_rate|momentum)$/, ['0', '1', '2', '-1', '-2'], 'JavaScript does not distinguish 1 from 1.0'],
  [/^optimizers\..*\.name$/, ['"a/b"'], 'names of optimizers are in no path'],
  [/_regularizer$/, ['"l1_l2"'], 'the name in Keras 2'],
  [/AUC\.summation_method/, ['"INTERPOLATION"'], 'Keras accepts Interpolation'],
];

/** Values that Keras accepts and evenkeel refuses, with the reason. */
const REFUSED: typeof ACCEPTED = [
  [/\.label_smoothing$/, ['1.5', '2'], 'outside of [0, 1] there are no probabilities'],
  [/RandomUniform\.minval$/, ['0.5', '1', '1.5', '2'], 'above maxval'],
  [/ScheduleFreeAdamW\.beta_1$/, ['1.5', '2'], 'outside of (0, 1] there is no average'],
  [/UpSampling2D\.interpolation$/, ['"bicubic"', '"lanczos3"'], 'not supported'],
  [
    /^callbacks\..*\.mode$/,
    ['"MIN"', '"AUTO"', '"fan_in"', '"fan_out"', '"fan_avg"', '"FAN_IN"'],
    'Keras warns, and uses auto',
  ],
];

const listed = (table: typeof ACCEPTED, argument: string, text: string): boolean =>
  table.some(([pattern, values]) => pattern.test(argument) && values.includes(text));

const isNumber = (byDefault: string | undefined): byDefault is string => Number.isFinite(Number(byDefault));

/**
 * Whether a value is of the type of the argument's default. Constructors in Python rarely check types, so that they accept
 * lists for numbers, and anything for a boolean; in TypeScript those are errors.
 */
function isOfTheType(value: unknown, byDefault: string | undefined): boolean {
  if (value === null) return byDefault === 'null';
  if (typeof value === 'string') return byDefault?.startsWith('"') === true && !['', 'x', '2'].includes(value);
  if (typeof value === 'boolean') return byDefault === 'true' || byDefault === 'false';
  if (typeof value === 'number')
    return (
      isNumber(byDefault) && Number.isFinite(value) && value > 0 && (Number.isInteger(value) || byDefault.includes('.'))
    );
  return false;
}

/** The error of a constructor; `null` if it accepts a value. */
function errorOf({ section, name, given }: Case, argument: string, text: string): Error | null {
  const made = rooms[section]?.[name];
  if (made === undefined) throw new Error(`There is no class ${section}.${name}.`);
  const options = Object.entries(made.fields ?? {}).map(([option, field]) => [keyOf(option, field), option] as const);
  const optionOf = (key: string): string => options.find(([each]) => each === key)?.[1] ?? camelCase(key);
  const others = Object.entries(given).map(([key, value]) => [optionOf(key), value] as const);
  const layer = name === 'SpectralNormalization' ? { layer: new evenkeel.layers.Dense(2) } : {};
  try {
    new made({ ...layer, ...Object.fromEntries(others), [optionOf(argument)]: read(text) });
    return null;
  } catch (error) {
    return error as Error;
  }
}

describe.each(classes)('the constructor of $name in $section', (entry) => {
  const tried = Object.entries(entry.arguments).flatMap(([argument, letters]) =>
    [...(head?.values ?? []), ...(head?.strings?.[argument] ?? [])].map(
      (text, i) => [argument, text, letters[i] ?? ''] as const,
    ),
  );
  const place = (argument: string): string => `${entry.section}.${entry.name}.${argument}`;

  test('refuses what the constructor of Keras refuses', () => {
    const accepted = tried.flatMap(([argument, text, letter]) => {
      if (letter !== 'r' || listed(ACCEPTED, place(argument), text)) return [];
      const error = errorOf(entry, argument, text);
      const isOurs = error !== null && error.message.startsWith('[') && error.name !== 'InternalError';
      return isOurs ? [] : [`${argument}=${text}: ${error?.message ?? 'accepted'}`];
    });
    expect(accepted).toEqual([]);
  });

  test('accepts what the constructor of Keras accepts, where it is of the type of the argument', () => {
    const refused = tried.flatMap(([argument, text, letter]) => {
      const isMeant = letter === 'a' && isOfTheType(read(text), defaults.get(place(argument)));
      if (!isMeant || listed(REFUSED, place(argument), text)) return [];
      const error = errorOf(entry, argument, text);
      return error === null ? [] : [`${argument}=${text}: ${error.message}`];
    });
    expect(refused).toEqual([]);
  });
});
