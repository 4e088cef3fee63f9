import type { ArrayData, ImageDataLike } from '../../core/array-data.ts';
import { isPlainRecord } from '../../core/config.ts';
import type { Strings } from '../../core/data.ts';
import { allocate } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import type { NestedArray } from '../../core/nested-array.ts';
import { sameShape, showShape, sizeOf } from '../../core/shape.ts';
import { Tensor, type TensorLike, isArrayLike, isTensor, tensor } from '../../core/tensor.ts';

type Arrays = Tensor | ArrayData | ImageDataLike;

/** Objects that are kept as they are: batches have lists of them. */
type Opaque =
  | Blob
  | Date
  | RegExp
  | URL
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | ((...parameters: never[]) => unknown);

/**
 * The type of a batch of elements: tensors for arrays and numbers, lists for strings, in the structure of the elements. A list
 * of numbers is a row; other lists are tuples.
 */
export type Batched<T> = T extends Arrays | number | boolean | readonly (number | boolean)[]
  ? Tensor
  : T extends null | undefined
    ? null
    : T extends string | readonly Strings[] | Opaque
      ? T[]
      : { -readonly [K in keyof T]: Batched<T[K]> };

/** The type of an element of batches: the opposite of {@link Batched}. */
export type Unbatched<T> = T extends Arrays
  ? Tensor
  : T extends null | undefined
    ? null
    : T extends readonly (infer Row extends number | boolean | Strings | Opaque)[]
      ? Widened<Row>
      : { -readonly [K in keyof T]: Unbatched<T[K]> };

/** The type of an element of {@link Dataset.fromTensorSlices}. */
export type Sliced<T> = T extends Arrays
  ? Tensor
  : T extends readonly (infer Row extends number | boolean | Strings)[]
    ? Widened<Row>
    : T extends readonly NestedArray[]
      ? Tensor
      : { -readonly [K in keyof T]: Sliced<T[K]> };

/** The type of a literal. */
type Widened<T> = T extends number ? number : T extends boolean ? boolean : T extends string ? string : T;

const isNumber = (value: unknown): value is number | boolean => typeof value === 'number' || typeof value === 'boolean';

/** Whether a value is a string, or nested lists of strings. */
const isStrings = (value: unknown): value is Strings =>
  typeof value === 'string' || (Array.isArray(value) && value.length > 0 && value.every(isStrings));

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Whether a value is a tuple or a record of parts, rather than data of its own. */
function isStructure(value: unknown): value is readonly unknown[] | Readonly<Record<string, unknown>> {
  if (isArrayLike(value)) return false;
  if (!Array.isArray(value)) return isPlainRecord(value);
  return !value.every(isNumber) && !isStrings(value);
}

/** Whether a list has a part of each row, rather than being a tuple. */
const isColumn = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) &&
  (!isStructure(value) ||
    value.every((each) => isObject(each) && !Array.isArray(each) && !isPlainRecord(each) && !isArrayLike(each)));

/**
 * A batch of elements, in their structure.
 * @throws ValueError if the structures or the shapes of the elements differ.
 */
export function stack(who: string, elements: readonly unknown[], path = ''): unknown {
  const [first] = elements;
  if (typeof first === 'number' && elements.every((each) => typeof each === 'number')) {
    return new Tensor(Float32Array.from(elements), [elements.length]);
  }
  if (isStructure(first)) return stackParts(who, elements, first, path);
  if (isArrayLike(first) || isNumber(first) || (Array.isArray(first) && !isStrings(first))) {
    return stackArrays(
      who,
      elements.map((each, i) => asTensor(who, each, path, i)),
      path,
    );
  }
  const differs = elements.findIndex(
    (each) => isStructure(each) || isNumber(each) || (each === null) !== (first === null),
  );
  if (differs !== -1) throw differing(who, path, 'structure', first, elements[differs], differs);
  return first === null || first === undefined ? null : [...elements];
}

function stackParts(
  who: string,
  elements: readonly unknown[],
  first: readonly unknown[] | Readonly<Record<string, unknown>>,
  path: string,
): unknown {
  const isList = Array.isArray(first);
  const keys = Object.keys(first);
  const differs = elements.findIndex(
    (each) =>
      !isStructure(each) ||
      Array.isArray(each) !== isList ||
      Object.keys(each).length !== keys.length ||
      !keys.every((key) => Object.hasOwn(each, key)),
  );
  if (differs !== -1) throw differing(who, path, 'structure', first, elements[differs], differs);
  const parts = keys.map((key) => {
    const column = elements.map((each) => (each as Readonly<Record<string, unknown>>)[key]);
    return [key, stack(who, column, isList ? `${path}[${key}]` : `${path}.${key}`)] as const;
  });
  return isList ? parts.map(([, part]) => part) : Object.fromEntries(parts);
}

function asTensor(who: string, value: unknown, path: string, i: number): Tensor {
  if (isTensor(value)) return value;
  if (isArrayLike(value) || isNumber(value) || (Array.isArray(value) && value.every(isNumber))) {
    return tensor(value);
  }
  throw new ValueError(
    `[${who}] all elements must have the same structure. Received: ${show(value)} as element${path} ${i}.`,
  );
}

function stackArrays(who: string, rows: readonly Tensor[], path: string): Tensor {
  const [first = new Tensor(new Float32Array(), [0])] = rows;
  const { shape, dtype } = first;
  const size = sizeOf(shape);
  const data = allocate(dtype, rows.length * size);
  for (const [i, row] of rows.entries()) {
    if (!sameShape(row.shape, shape)) throw differing(who, path, 'shape', showShape(shape), showShape(row.shape), i);
    if (row.dtype !== dtype) throw differing(who, path, 'dtype', dtype, row.dtype, i);
    data.set(row.data, i * size);
  }
  return new Tensor(data, [rows.length, ...shape], dtype);
}

function differing(who: string, path: string, what: string, first: unknown, other: unknown, i: number): ValueError {
  const shown = (value: unknown): string => (typeof value === 'string' && what !== 'structure' ? value : show(value));
  const fix =
    what === 'shape' ? ' Use paddedBatch, or map the elements to one shape.' : ` Map the elements to one ${what}.`;
  return new ValueError(
    `[${who}] all elements of a batch must have the same ${what}. Received: ${shown(first)}, and ${shown(other)} as element${path} ${i}.${fix}`,
  );
}

/** A reader of the rows of data, and their number. */
export interface Rows {
  readonly count: number;
  /** The row at a position. Tensors share the memory of the data. */
  readonly at: (i: number) => unknown;
}

/**
 * The rows of data, in its structure.
 * @param isNested - whether nested lists of numbers are one array, rather than a tuple of rows
 * @throws ValueError if parts differ in rows, or a part has none.
 */
export function rowsOf(who: string, data: unknown, isNested: boolean): Rows {
  const found = readRows(who, data, isNested, '');
  if (found === null) throw new ValueError(`[${who}] the data must have rows. Received: ${show(data)}.`);
  return found;
}

function readRows(who: string, data: unknown, isNested: boolean, path: string): Rows | null {
  if (data === null || data === undefined) return null;
  if (isArrayLike(data) || (isNested && isNumbers(data))) return rowsOfTensor(who, tensor(data as TensorLike), path);
  if (isColumn(data)) return { count: data.length, at: (i) => data[i] };
  if (!isStructure(data)) {
    throw new ValueError(`[${who}] each part of the data must have rows. Received: ${show(data)} as element${path}.`);
  }
  const isList = Array.isArray(data);
  const parts = Object.entries(data).map(
    ([key, part]) => [key, readRows(who, part, isNested, isList ? `${path}[${key}]` : `${path}.${key}`)] as const,
  );
  const counts = parts.flatMap(([, rows]) => (rows === null ? [] : [rows.count]));
  const [count] = counts;
  if (count === undefined) return null;
  if (counts.some((each) => each !== count)) {
    throw new ValueError(
      `[${who}] all parts of the data must have the same number of rows. Received: ${show(counts)}.`,
    );
  }
  return {
    count,
    at: (i) => {
      const row = parts.map(([key, rows]) => [key, rows === null ? null : rows.at(i)] as const);
      return isList ? row.map(([, part]) => part) : Object.fromEntries(row);
    },
  };
}

/** Whether a value is nested lists of numbers, of which the outermost is no list of numbers. */
function isNumbers(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.every(isNumber)) return false;
  const isNested = (each: unknown): boolean => isNumber(each) || (Array.isArray(each) && each.every(isNested));
  return value.every(isNested);
}

function rowsOfTensor(who: string, { data, shape, dtype }: Tensor, path: string): Rows {
  const [count, ...row] = shape;
  if (count === undefined) {
    throw new ValueError(`[${who}] each part of the data must have rows. Received: a scalar as element${path}.`);
  }
  const size = sizeOf(row);
  return { count, at: (i) => new Tensor(data.subarray(i * size, (i + 1) * size), row, dtype) };
}

/** Replaces the arrays of an element, rows of numbers included, by others. */
export function mapTensors(element: unknown, replace: (array: Tensor, path: string) => Tensor, path = ''): unknown {
  if (isStructure(element)) {
    if (Array.isArray(element)) return element.map((part, i) => mapTensors(part, replace, `${path}[${i}]`));
    const parts = Object.entries(element).map(([key, part]) => [key, mapTensors(part, replace, `${path}.${key}`)]);
    return Object.fromEntries(parts) as unknown;
  }
  if (isArrayLike(element) || (Array.isArray(element) && element.every(isNumber))) {
    return replace(tensor(element), path);
  }
  return element;
}
