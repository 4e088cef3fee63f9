import { show } from '../../core/errors.ts';
import { type NamedClass, classNameOf } from './class-name.ts';
import { type Fields, type GivenOptions, positionalOptions } from './fields.ts';

/**
 * The arguments of a constructor: any number of values in the order of Keras's signature, then an options object that
 * names others. `Arguments<{ a: number; b?: string }, ['a', 'b']>` accepts `{ a: 1 }`, `1, { b: 'x' }` and `1, 'x'`.
 */
export type Arguments<Options, Order extends readonly unknown[]> =
  | NamedArguments<Options>
  | (Order extends readonly [infer Name extends keyof Options, ...infer Rest]
      ? [value: Options[Name], ...others: Arguments<Omit<Options, Name>, Rest>]
      : never);

/** An options object, which can be omitted if every option can. */
type NamedArguments<Options> = Partial<Options> extends Options ? [options?: Options] : [options: Options];

/** A class whose constructor accepts arguments by position and by name. */
export interface ArgumentsClass extends NamedClass {
  readonly fields: Fields;
  /** The options that can be given by position, in order; undefined for those without a default, then all others. */
  readonly positional?: readonly string[] | undefined;
}

/** Whether a value is an options object: an object literal, in contrast to arrays and instances of classes. */
export function isOptionsObject(value: unknown): value is GivenOptions {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Names the arguments of a constructor, and returns those of the options object and those that can be given by position.
 * `(options, positional)`, as subclasses call the constructors of their bases, is accepted as well.
 *
 * @throws TypeError if there are too many arguments, or one is given twice.
 */
export function takeArguments(
  target: ArgumentsClass,
  args: readonly unknown[],
): [options: object, positional: GivenOptions] {
  const order = positionalNames(target);
  const [first, second] = args;
  const last = args.at(-1);
  // A config object, which has a class_name, is a value: that of a wrapped function or layer.
  const isNamed = isOptionsObject(first) && !Object.hasOwn(first, 'class_name') && isOptionsObject(second);
  if (args.length === 2 && isNamed) return [first, second];
  const values = isOptionsObject(last) ? args.slice(0, -1) : args;
  const options = isOptionsObject(last) ? last : {};
  checkCount(target, order, values);
  const named = Object.fromEntries(
    values.flatMap((value, i) => (value === undefined ? [] : [[order[i] ?? '', value]])),
  );
  const twice = Object.keys(named).find((option) => Object.hasOwn(options, option));
  if (twice !== undefined) {
    throw new TypeError(
      `[${classNameOf(target)}] ${twice} must be given once. Received: ${twice} by position and in the options.`,
    );
  }
  const isPositional = (option: string): boolean => order.includes(option);
  const [moved, others] = [
    Object.entries(options).filter(([option]) => isPositional(option)),
    Object.entries(options).filter(([option]) => !isPositional(option)),
  ];
  return [Object.fromEntries(others), { ...named, ...Object.fromEntries(moved) }];
}

/** The names of the options that a class accepts by position, in order. */
export function positionalNames({ fields, positional }: ArgumentsClass): readonly string[] {
  if (positional !== undefined) return positional;
  const required = positionalOptions(fields);
  const others = Object.keys(fields).filter((option) => fields[option]?.isConstant !== true);
  return [...required, ...others.filter((option) => !required.includes(option))];
}

function checkCount(target: ArgumentsClass, order: readonly string[], values: readonly unknown[]): void {
  if (values.length <= order.length) return;
  const who = classNameOf(target);
  if (order.length === 0) {
    throw new TypeError(`[${who}] options must be an object. Received: ${show(values[0])}.`);
  }
  throw new TypeError(
    `[${who}] only ${order.join(', ')} can be given by position, then an object with the other options. Received: ${values.length} values.`,
  );
}
