import { NotImplementedError, ValueError, show } from '../../../core/errors.ts';
import { checkChoice } from '../../../core/checks.ts';
import { type Field, field } from '../../saving/fields.ts';
import type { CategoryMode } from './encode-categories.ts';

/** An option that asks for sparse or ragged tensors: false only. */
export function denseOnly(inner: Field<boolean>): Field<boolean> {
  return {
    ...inner,
    read: (who, option, given) => {
      if (!inner.read(who, option, given)) return false;
      throw new NotImplementedError(`[${who}] ${option} must be false: tensors are dense. Received: ${option}=true.`);
    },
  };
}

/** The form of encoded categories. */
export function categoryMode<Mode extends CategoryMode | 'tf_idf'>(modes: readonly Mode[]): Field<Mode> {
  const other: Readonly<Record<string, string>> = { binary: 'multi_hot', 'tf-idf': 'tf_idf' };
  return field({
    byDefault: 'int',
    read: (who, option, given) =>
      checkChoice(who, option, typeof given === 'string' ? (other[given] ?? given) : given, modes),
  });
}

/** The key of a hash: two integers, or one for both; null for the hash without a key. */
export const salt: Field<readonly [number, number] | null> = field({
  byDefault: null,
  read: (who, option, given) => {
    if (given === null) return null;
    const list: readonly unknown[] = Array.isArray(given) ? given : [given, given];
    if (list.length === 2 && list.every(Number.isInteger)) return [Number(list[0]), Number(list[1])];
    throw new ValueError(`[${who}] ${option} must be an integer, or two of them. Received: ${option}=${show(given)}.`);
  },
});
