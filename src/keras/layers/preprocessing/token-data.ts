import type { Strings } from '../../../core/data.ts';
import { show } from '../../../core/errors.ts';
import type { KnownShape } from '../../../core/shape.ts';
import { Tensor, type TensorLike, isArrayLike, tensor } from '../../../core/tensor.ts';

/** Strings or integers, as nested arrays or, for integers, as any array. */
export type TokenData = Strings | TensorLike;

/** A string or an integer. */
export type Token = string | number;

/** Tokens in row-major order, with their shape. */
export class TokenArray {
  readonly shape: KnownShape;
  readonly tokens: readonly Token[];

  constructor(shape: KnownShape, tokens: readonly Token[]) {
    this.shape = shape;
    this.tokens = tokens;
  }
}

function shapeOf(given: unknown): number[] {
  return Array.isArray(given) ? [given.length, ...(given.length === 0 ? [] : shapeOf(given[0]))] : [];
}

/** Whether data is of strings: the first element that is not an array decides. */
const isOfStrings = (given: unknown): boolean =>
  Array.isArray(given) ? given.length > 0 && isOfStrings(given[0]) : typeof given === 'string';

/** Reads strings or integers. @throws TypeError if they are neither, or of different lengths. */
export function readTokens(who: string, given: unknown): TokenArray {
  if (given instanceof TokenArray) return given;
  if (!isOfStrings(given)) {
    const { data, shape } = given instanceof Tensor || isArrayLike(given) ? tensor(given) : readNumbers(who, given);
    return new TokenArray(shape, Array.from<number>(data).map(Math.trunc));
  }
  const shape = shapeOf(given);
  const tokens: Token[] = [];
  const collect = (entry: unknown, axis: number): void => {
    const size = shape[axis];
    if (size === undefined && typeof entry === 'string') tokens.push(entry);
    else if (size !== undefined && Array.isArray(entry) && entry.length === size) {
      for (const each of entry) collect(each, axis + 1);
    } else {
      throw new TypeError(
        `[${who}] the input must be nested arrays of strings, all of one length on each axis. Received: ${show(given)}.`,
      );
    }
  };
  collect(given, 0);
  return new TokenArray(shape, tokens);
}

function readNumbers(who: string, given: unknown): Tensor {
  if (typeof given !== 'number' && !Array.isArray(given)) {
    throw new TypeError(`[${who}] the input must be strings or integers, in nested arrays. Received: ${show(given)}.`);
  }
  return tensor(given as TensorLike, undefined, 'float64');
}

const encoder = new TextEncoder();

/** The bytes of a token as TensorFlow hashes it: integers are written in decimal. */
export const bytesOf = (token: Token): Uint8Array => encoder.encode(String(token));

/** The order of tokens: by number, or by the bytes of strings. */
export function compareTokens(a: Token, b: Token): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [first, second] = [bytesOf(a), bytesOf(b)];
  const differs = first.findIndex((byte, i) => byte !== second[i]);
  return differs === -1 ? first.length - second.length : (first[differs] ?? 0) - (second[differs] ?? -1);
}

/** Data of `adapt`: one array, or an iterable of batches, which need not fit into memory together. */
export type TokenBatches = TokenData | Iterable<TokenData> | AsyncIterable<TokenData>;

/** The batches that data consists of, at most `steps`: one for an array. */
export async function* tokenBatches(data: unknown, steps: number | null): AsyncGenerator {
  if (typeof data !== 'object' || data === null || Array.isArray(data) || data instanceof Tensor || isArrayLike(data)) {
    yield data;
    return;
  }
  let count = 0;
  for await (const batch of data as AsyncIterable<unknown>) {
    if (steps !== null && count++ >= steps) return;
    yield batch;
  }
}
