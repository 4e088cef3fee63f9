/** Fields for kinds of options that several families of classes have. */
import { type DType, checkDType } from '../../core/dtype.ts';
import { show } from '../../core/errors.ts';
import { checkNumber } from '../../core/checks.ts';
import { type Field, field } from './fields.ts';

/** The type of a tensor. */
export function dtype(byDefault?: DType): Field<DType> {
  return field({ byDefault, read: (who, _option, given) => checkDType(given, who) });
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

/** A list of finite numbers. */
export function numbers(byDefault?: readonly number[]): Field<readonly number[]> {
  return field({
    byDefault,
    read: (who, option, given) => {
      if (Array.isArray(given)) return given.map((entry) => checkNumber(who, option, entry));
      throw new TypeError(`[${who}] ${option} must be a list of numbers. Received: ${option}=${show(given)}.`);
    },
  });
}

/** A list of integers. */
export function integers(byDefault?: readonly number[]): Field<readonly number[]> {
  return field({
    byDefault,
    read: (who, option, given) => {
      if (Array.isArray(given) && given.every(isInteger)) return [...given];
      throw new TypeError(`[${who}] ${option} must be a list of integers. Received: ${option}=${show(given)}.`);
    },
  });
}

/** A field that configs contain only where it differs from its default, for options that Keras reads but never writes. */
export function unlessDefault<Value>(inner: Field<Value>): Field<Value> {
  return { ...inner, write: (value, who) => (value === inner.byDefault ? undefined : inner.write(value, who)) };
}
