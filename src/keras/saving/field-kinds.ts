/** Fields for kinds of options that several families of classes have. */
import type { DType } from '../../core/dtype.ts';
import { readPolicy } from '../../core/dtype-policy.ts';
import { show } from '../../core/errors.ts';
import { checkNumber, checkString } from '../../core/checks.ts';
import { isArrayLike, tensor } from '../../core/tensor.ts';
import { snakeCase, uniqueName } from '../../core/names.ts';
import { type Field, field, nullIsDefault } from './fields.ts';
import { findCustom, functionName, serializeFunction } from './registry.ts';

/** The name of an object; by default the name of its class in snake_case, with a number if there is another one. */
export function autoName(): Field<string> {
  return field({
    byDefault: null,
    read: (who, option, given) => (given === null ? uniqueName(snakeCase(who)) : checkString(who, option, given)),
  });
}

/** A custom function. Configs contain its name, under which it must be among the custom objects to be read. */
export function namedFunction(): Field<NamedFunction> {
  return field<NamedFunction>({
    read: (who, option, given) => {
      if (typeof given === 'function') return given as NamedFunction;
      throw new TypeError(
        `[${who}] ${option} must be a function. Received: ${option}=${show(functionName(given) ?? given)}. Pass the function of a config in customObjects under its name.`,
      );
    },
    write: (value, who) => ({ ...serializeFunction(value, who) }),
    revive: (json, { customObjects }) => findCustom(customObjects, functionName(json)) ?? json,
  });
}

type NamedFunction = (...args: never) => unknown;

/** The type of a tensor; half precision is that of float32. */
export function dtype(byDefault?: DType): Field<DType> {
  return nullIsDefault(field({ byDefault, read: (who, _option, given) => readPolicy(given, who).dtype }));
}

/** An axis or several. */
export type Axes = number | readonly number[];

/** An axis, or a list of at least one axis. */
export function axes(byDefault?: Axes): Field<Axes> {
  return field({
    byDefault,
    read: (who, option, given) => {
      const list: readonly unknown[] = Array.isArray(given) ? given : [given];
      if (list.length > 0 && list.every(isInteger)) return Array.isArray(given) ? [...list] : Number(given);
      throw new TypeError(
        `[${who}] ${option} must be an integer or a list of integers. Received: ${option}=${show(given)}.`,
      );
    },
  });
}

const isInteger = (value: unknown): value is number => Number.isInteger(value);

/** An axis, a list of axes, or null for all. */
export function axesOrNull(byDefault: Axes | null): Field<Axes | null> {
  const list = axes();
  return field({
    byDefault,
    read: (who, option, given) => {
      if (given === null || (Array.isArray(given) && given.length === 0)) return given === null ? null : [];
      if (isInteger(given) || (Array.isArray(given) && given.every(isInteger))) return list.read(who, option, given);
      throw new TypeError(
        `[${who}] ${option} must be an integer, a list of integers or null. Received: ${option}=${show(given)}.`,
      );
    },
  });
}

/** The entries of a list, a typed array or a tensor of rank 1; null for anything else. */
function listOf(given: unknown): unknown[] | null {
  if (Array.isArray(given)) return [...(given as unknown[])];
  if (!isArrayLike(given)) return null;
  const { rank, data } = tensor(given);
  return rank === 1 ? Array.from<number>(data) : null;
}

/** A list of finite numbers. */
export function numbers(byDefault?: readonly number[]): Field<readonly number[]> {
  return field({
    byDefault,
    read: (who, option, given) => {
      const list = listOf(given);
      if (list !== null) return list.map((entry) => checkNumber(who, option, entry));
      throw new TypeError(`[${who}] ${option} must be a list of numbers. Received: ${option}=${show(given)}.`);
    },
  });
}

/** A list of integers. */
export function integers(byDefault?: readonly number[]): Field<readonly number[]> {
  return field({
    byDefault,
    read: (who, option, given) => {
      const list = listOf(given);
      if (list?.every(isInteger) === true) return list;
      throw new TypeError(`[${who}] ${option} must be a list of integers. Received: ${option}=${show(given)}.`);
    },
  });
}

/** A field that configs contain only where it differs from its default, for options that Keras reads but never writes. */
export function unlessDefault<Value>(inner: Field<Value>): Field<Value> {
  return { ...inner, write: (value, who) => (value === inner.byDefault ? undefined : inner.write(value, who)) };
}
