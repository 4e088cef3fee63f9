/** Fields for options that layers of several families have. */
import { ValueError, show } from '../../../core/errors.ts';
import type { DataFormat } from '../../ops/index.ts';
import { type Field, anyCase, field, nullIsDefault } from '../../saving/fields.ts';

/** An axis, or several. */
export type AxisOption = number | readonly number[];

/** A positive integer. @throws TypeError by its check for another type, ValueError for another number */
export function positive(byDefault?: number): Field<number> {
  return field({
    byDefault,
    read: (who, option, given) => {
      if (typeof given === 'number' && Number.isInteger(given) && given > 0) return given;
      const message = `[${who}] ${option} must be a positive integer. Received: ${option}=${show(given)}.`;
      throw typeof given === 'number' ? new ValueError(message) : new TypeError(message);
    },
  });
}

/** A size or a step for each spatial axis; one number applies to all of them. */
export function perAxis(axes: number, byDefault?: number): Field<readonly number[]> {
  return field({
    byDefault,
    read: (who, option, given) => {
      const list: readonly unknown[] = Array.isArray(given) ? given : new Array<unknown>(axes).fill(given);
      const message = `[${who}] ${option} must be a positive integer, or a list of ${axes}. Received: ${option}=${show(given)}.`;
      const numbers = list.filter((entry) => typeof entry === 'number');
      if (numbers.length !== list.length) throw new TypeError(message);
      const isValid = list.length === axes && numbers.every((entry) => Number.isInteger(entry) && entry > 0);
      if (!isValid) throw new ValueError(message);
      return numbers;
    },
  });
}

/** Positive sizes of axes; one number stands for a list of one. */
export function sizes(): Field<readonly number[]> {
  return field({
    read: (who, option, given) => {
      const list: readonly unknown[] = Array.isArray(given) ? given : [given];
      if (list.every((size) => Number.isInteger(size) && Number(size) > 0)) return [...list] as number[];
      throw new ValueError(
        `[${who}] ${option} must be a positive integer, or a list of them. Received: ${option}=${show(given)}.`,
      );
    },
  });
}

/** One axis. Whether the input has it is checked when the layer is built or called. */
export function axis(byDefault?: number): Field<number> {
  return field({
    byDefault,
    read: (who, option, given) => {
      if (typeof given === 'number' && Number.isInteger(given)) return given;
      throw new TypeError(`[${who}] ${option} must be an integer. Received: ${option}=${show(given)}.`);
    },
  });
}

/** One axis, or a list of them. */
export function axes(byDefault?: AxisOption): Field<AxisOption> {
  return field({
    byDefault,
    read: (who, option, given) => {
      const list: readonly unknown[] = Array.isArray(given) ? given : [given];
      if (list.length === 0 || !list.every((entry) => Number.isInteger(entry))) {
        throw new TypeError(
          `[${who}] ${option} must be an integer or a list of integers. Received: ${option}=${show(given)}.`,
        );
      }
      return Array.isArray(given) ? ([...list] as number[]) : (given as number);
    },
  });
}

/** The position of the channels. */
export function dataFormat(): Field<DataFormat> {
  return nullIsDefault(anyCase<DataFormat>(['channels_last', 'channels_first'], 'channels_last'));
}

/** The padding of windows. */
export const padding: Field<'valid' | 'same'> = anyCase(['valid', 'same'], 'valid');

/** One or several axes as a list. */
export const axesOf = (option: AxisOption): readonly number[] => (typeof option === 'number' ? [option] : option);
