import { isRecord } from '../../../core/config.ts';
import { compatible, sameShape } from '../../../core/shape.ts';
import { isArrayLike, isTensor, shapeOfData } from '../../../core/tensor.ts';
import { flatten } from '../../../core/tree.ts';
import { type ExpectedData, type ExpectedInput, isExpectedInput } from './expected-data.ts';

/**
 * Whether data is a list of batches `[x, y]`, `[x, y, sampleWeight]` or `[x]`, and not one array: the list itself does not
 * fit the inputs of the model, while the first entries of its batches do. Where the inputs are unknown, the batches must
 * have entries of different shapes, which no array has, or tensors with rows.
 */
export function isBatchList(data: unknown, { inputs }: ExpectedData): boolean {
  if (!Array.isArray(data) || data.length === 0) return false;
  const expected = inputs === null ? null : flatten(inputs, isExpectedInput);
  return (data as readonly unknown[]).every((entry) => {
    if (!Array.isArray(entry) || entry.length > 3) return false;
    const [x, y] = entry as readonly unknown[];
    if (isRecord(x) && !isArrayLike(x)) return true;
    if (!Array.isArray(x) && !isArrayLike(x)) return false;
    if (expected === null) return isPair(x, y);
    const [only] = expected;
    if (expected.length > 1 || only === undefined) return !fitsEach(data, expected) && fitsEach(x, expected);
    return !fits(data, only) && fits(x, only);
  });
}

/** Whether data has the shape of an input, with any number of rows. */
export function fits(data: unknown, { shape }: ExpectedInput): boolean {
  return compatible(shapeOfData(data), [null, ...shape.slice(1)]);
}

function fitsEach(data: unknown, inputs: readonly ExpectedInput[]): boolean {
  const list: readonly unknown[] = Array.isArray(data) ? data : [];
  return list.length === inputs.length && inputs.every((input, i) => fits(list[i], input));
}

function isPair(x: unknown, y: unknown): boolean {
  if (!Array.isArray(y) && !isArrayLike(y)) return false;
  const [first, second] = [shapeOfData(x), shapeOfData(y)];
  if (first[0] !== second[0]) return false;
  return !sameShape(first, second) || (isTensor(x) && first.length > 1);
}
