import { isRecord } from '../../../core/config.ts';
import type { Strings } from '../../../core/data.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { own } from '../../../core/own.ts';
import type { KnownShape } from '../../../core/shape.ts';
import { Tensor, type TensorLike, isArrayLike, tensor } from '../../../core/tensor.ts';
import { TokenArray, readTokens } from '../../layers/preprocessing/token-data.ts';
import { TokenLayer } from '../../layers/preprocessing/token-layer.ts';
import type { Feature } from './feature.ts';

/** The values of features, by name: a value for each, or a row of values for each row of the data. */
export type FeatureData = Readonly<Record<string, TensorLike | Strings>>;

/** The values of a feature: strings and integers for layers of the host, an array for others. */
export type Column = TokenArray | Tensor;

/** Whether a value is a record of features, in contrast to arrays. */
export function isFeatureData(value: unknown): value is FeatureData {
  return isRecord(value) && !isArrayLike(value) && !(Symbol.iterator in value) && !(Symbol.asyncIterator in value);
}

/** The subject of errors about the values of a feature. */
export const placeOf = (who: string, name: string): string => `${who} feature ${name}`;

/** The values of a feature. @throws ValueError if there are none */
export function valueOf(who: string, name: string, data: FeatureData): unknown {
  const value = own(data, name);
  if (value !== undefined) return value;
  throw new ValueError(
    `[${who}] the data must have every feature. Received: ${show(Object.keys(data))}, without ${show(name)}.`,
  );
}

/** Reads the values of a feature in their own rank. @throws TypeError or ValueError if the feature cannot have them */
export function readColumn(who: string, { dtype, preprocessor }: Feature, given: unknown): Column {
  if (preprocessor instanceof TokenLayer || dtype === 'string') return readTokens(who, given);
  if (isArrayLike(given)) return tensor(given);
  if (typeof given === 'number' || Array.isArray(given)) {
    try {
      return tensor(given as TensorLike, undefined, dtype.startsWith('int') ? 'int32' : 'float32');
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw new ValueError(
        error.message.replace(/^\[tensor\]/, () => `[${who}]`),
        { cause: error },
      );
    }
  }
  throw new TypeError(`[${who}] the values must be numbers. Received: ${show(given)}.`);
}

/** The same values in another shape. */
export function reshaped(column: Column, shape: KnownShape): Column {
  return column instanceof Tensor ? new Tensor(column.data, shape, column.dtype) : new TokenArray(shape, column.tokens);
}

/** Values in the rank that preprocessors expect: one value or a list of them become a column. */
export function inColumn(column: Column): Column {
  const { shape } = column;
  return shape.length > 1 ? column : reshaped(column, [shape[0] ?? 1, 1]);
}

/** Single values as a list. */
export function joined(columns: readonly Column[]): Column {
  const [first] = columns;
  if (first instanceof Tensor) {
    const numbers = columns.flatMap((each) => (each instanceof Tensor ? Array.from<number>(each.data) : []));
    return tensor(numbers, undefined, first.dtype);
  }
  const tokens = columns.flatMap((each) => (each instanceof TokenArray ? each.tokens : []));
  return new TokenArray([tokens.length], tokens);
}

/** The values at a row of the first axis. */
export function rowOf(column: Column, row: number): Column {
  const shape = column.shape.slice(1);
  const size = shape.reduce((product, each) => product * each, 1);
  const [start, end] = [row * size, (row + 1) * size];
  return column instanceof Tensor
    ? new Tensor(column.data.slice(start, end), shape, column.dtype)
    : new TokenArray(shape, column.tokens.slice(start, end));
}
