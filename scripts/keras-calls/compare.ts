import { type KerasTensor, Tensor, tensor } from 'evenkeel';
import { NotReplayable, type Recorded, type RecordedArray } from './record-types.ts';
import { checkType, entriesOf, isArray, isRecord, leavesOf, plain, readArray, textOf } from './values.ts';

/** A difference between a result and a recorded one. */
export interface Difference {
  readonly message: string;
  /** Whether only the dtypes differ. */
  readonly isTypeOnly: boolean;
}

const RTOL = 1e-4;
const ATOL = 1e-5;

/** Compares with other expected numbers, to prove that what is reported as equal was compared. */
export const mutation = { isOn: false };

const differs = (message: string): Difference => ({ message, isTypeOnly: false });

/** The graver of two differences. */
export function worse(a: Difference | null, b: Difference | null): Difference | null {
  if (a === null || b === null) return a ?? b;
  return a.isTypeOnly && !b.isTypeOnly ? b : a;
}

/** The graver of the differences of several parts. */
export function worst(differences: Iterable<Difference | null>): Difference | null {
  return [...differences].reduce(worse, null);
}

function mutated(expected: Tensor): Tensor {
  const first = expected.data[0];
  if (first === undefined) return expected;
  const isExact = !expected.dtype.startsWith('float');
  expected.data[0] = isExact ? 1 - first : Number.isFinite(first) ? first * 1.0173 + 0.0137 : 3;
  return expected;
}

/** Compares an array: floats with tolerances, integers and booleans exactly. */
export function compareArray(given: unknown, want: RecordedArray, what: string): Difference | null {
  const got = typeof given === 'number' || typeof given === 'boolean' ? tensor(given) : given;
  if (!(got instanceof Tensor)) return differs(`${what}: no tensor`);
  if (got.shape.join() !== want.s.join())
    return differs(`${what}: shape [${got.shape.join()}] instead of [${want.s.join()}]`);
  checkType(want.d);
  const read = readArray(want);
  const expected = mutation.isOn ? mutated(read) : read;
  const isExact = !want.d.startsWith('float');
  for (const [i, wanted] of expected.data.entries()) {
    const value = got.data[i] ?? NaN;
    if (value === wanted || (Number.isNaN(value) && Number.isNaN(wanted))) continue;
    const limit = isExact ? 0 : ATOL + RTOL * Math.abs(wanted);
    if (!(Math.abs(value - wanted) <= limit))
      return differs(`${what}: ${value} instead of ${wanted} at ${i} of [${want.s.join()}]`);
  }
  if (got.dtype === want.d) return null;
  return { message: `${what}: ${got.dtype} instead of ${want.d}`, isTypeOnly: true };
}

/** Compares a result through lists and records. */
export function compareTree(got: unknown, want: Recorded | undefined, what: string): Difference | null {
  if (want === null || want === undefined)
    return got === null || got === undefined ? null : differs(`${what}: something instead of None`);
  if (isArray(want)) return compareArray(got, want, what);
  const entries = entriesOf(want);
  if (entries !== null) {
    if (got instanceof Tensor)
      return compareNumbers(
        got,
        entries.map((entry) => Number(plain(entry))),
        what,
      );
    if (!Array.isArray(got) || got.length !== entries.length) return differs(`${what}: not ${entries.length} items`);
    return worst(entries.map((entry, i) => compareTree(got[i], entry, `${what}[${i}]`)));
  }
  if (isRecord(want) && isRecord(want['$d'])) {
    const record = isRecord(got) ? (got as Readonly<Record<string, unknown>>) : {};
    return worst(Object.entries(want['$d']).map(([key, entry]) => compareTree(record[key], entry, `${what}.${key}`)));
  }
  if (typeof want === 'number' || typeof want === 'boolean' || (isRecord(want) && '$f' in want)) {
    return compareNumbers(got, [Number(plain(want))], what);
  }
  throw new NotReplayable('an output that is no tensor');
}

/** Compares with Python's numbers, which have no dtype. */
function compareNumbers(given: unknown, want: readonly number[], what: string): Difference | null {
  const got = given instanceof Tensor ? [...given.data] : [Number(given)];
  const wanted = mutation.isOn ? want.map((value) => value * 1.0173 + 0.0137) : want;
  const isClose = (value: number, other: number): boolean =>
    value === other ||
    (Number.isNaN(value) && Number.isNaN(other)) ||
    Math.abs(value - other) <= ATOL + RTOL * Math.abs(other);
  const isSame = got.length === wanted.length && wanted.every((other, i) => isClose(got[i] ?? NaN, other));
  return isSame ? null : differs(`${what}: ${got.join()} instead of ${want.join()}`);
}

/** Compares sums of penalties, or of terms of the size of `scale`, which may cancel. */
export function compareSums(got: number, want: readonly number[], what: string, scale = 0): Difference | null {
  const total = want.reduce((sum, each) => sum + each, 0);
  const isClose = !mutation.isOn && Math.abs(got - total) <= RTOL * scale;
  return isClose ? null : compareNumbers(got, [total], what);
}

const isSymbol = (value: unknown): value is KerasTensor =>
  typeof value === 'object' && value !== null && 'shape' in value && 'dtype' in value && 'node' in value;

/** Compares the shapes and the dtypes of symbolic tensors. */
export function compareSymbols(got: unknown, want: Recorded | undefined): Difference | null {
  const wanted: { readonly shape: readonly unknown[]; readonly dtype: string }[] = [];
  const collect = (value: Recorded | undefined): void => {
    const entries = entriesOf(value);
    if (entries !== null) entries.forEach(collect);
    else if (isRecord(value) && Array.isArray(value['$k'])) {
      wanted.push({ shape: value['$k'] as readonly unknown[], dtype: textOf(value['d']) });
    } else if (isRecord(value) && isRecord(value['$d'])) {
      for (const [, entry] of Object.entries(value['$d']).sort(([a], [b]) => (a < b ? -1 : 1))) collect(entry);
    } else throw new NotReplayable('an output that is no symbolic tensor');
  };
  collect(want);
  const symbols = leavesOf(got, isSymbol);
  if (symbols.length !== wanted.length)
    return differs(`${symbols.length} symbolic outputs instead of ${wanted.length}`);
  return worst(
    wanted.map(({ shape, dtype }, i) => {
      const symbol = symbols[i];
      checkType(dtype);
      const expected = mutation.isOn ? [...shape, 7] : shape;
      if (JSON.stringify(symbol?.shape) !== JSON.stringify(expected)) {
        return differs(`symbolic shape ${JSON.stringify(symbol?.shape)} instead of ${JSON.stringify(shape)}`);
      }
      return symbol?.dtype === dtype
        ? null
        : { message: `symbolic dtype ${symbol?.dtype ?? ''} instead of ${dtype}`, isTypeOnly: true };
    }),
  );
}

/** Compares a shape. */
export function compareShape(got: unknown, want: unknown, what: string): Difference | null {
  const expected = mutation.isOn ? [want, 77] : want;
  return JSON.stringify(got) === JSON.stringify(expected)
    ? null
    : differs(`${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(want)}`);
}
