import {
  type ArrayData,
  type ImageDataLike,
  dtypeOfData,
  imageShape,
  isArrayData,
  isImageData,
  readArrayData,
} from './array-data.ts';
import { type DType, type TypedArray, allocate, promote } from './dtype.ts';
import { ValueError, show } from './errors.ts';
import { type KnownShape, sameShape, showShape, sizeOf } from './shape.ts';

/** Nested arrays of numbers or booleans, of equal length at each depth. */
export type NestedArray = number | boolean | readonly NestedArray[];

/**
 * Elements of a tensor whose rank is not known to the compiler: a number, and also a list of elements, so that both
 * `elements[0][1] + 1` and an assignment to `number[][]` compile.
 */
export type Elements = number & ElementList;

/** A list of {@link Elements}, whose searches and sums accept numbers. */
export interface ElementList extends Array<Elements> {
  indexOf(searchElement: number | readonly unknown[], fromIndex?: number): number;
  lastIndexOf(searchElement: number | readonly unknown[], fromIndex?: number): number;
  includes(searchElement: number | readonly unknown[], fromIndex?: number): boolean;
  reduce(combine: (previous: number, current: number, index: number, list: Elements[]) => number): Elements;
  // A union of the two functions would leave the parameters of a function literal without types.
  // eslint-disable-next-line @typescript-eslint/unified-signatures
  reduce(combine: (previous: Elements, current: Elements, index: number, list: Elements[]) => Elements): Elements;
  reduce<Result>(
    combine: (previous: Result, current: Elements, index: number, list: Elements[]) => Result,
    initial: Result,
  ): Result;
}

/** A tensor as nested arrays see it. */
export interface ArrayBlock {
  readonly shape: KnownShape;
  readonly dtype: DType;
  readonly data: TypedArray;
}

/** Nested arrays whose rows may be typed arrays, tensors or images. */
export type NestedData = number | boolean | ArrayData | ImageDataLike | ArrayBlock | readonly NestedData[];

/** Whether a value is an array with a shape, not a number nor nested arrays. */
type IsBlock = (value: unknown) => value is ArrayBlock;

/** The most axes of nested arrays, as in NumPy. */
const MOST_AXES = 64;

/** The elements of nested arrays in row-major order, with their shape and dtype. */
export class NestedReader {
  readonly #isTensor: IsBlock;

  constructor(isTensor: IsBlock) {
    this.#isTensor = isTensor;
  }

  /**
   * Reads nested arrays. Without a dtype, numbers become float32, booleans bool, and typed rows the most general of their
   * dtypes.
   * @throws ValueError if they are ragged, or an element is neither a number nor a boolean
   */
  read(values: unknown, dtype: DType | undefined): ArrayBlock {
    const shape = this.shapeOf(values);
    const type = dtype ?? this.#dtypeOf(values) ?? 'float32';
    const data = allocate(type, sizeOf(shape));
    let offset = 0;
    const put = (block: ArrayBlock): void => {
      if (type === 'bool') for (const element of block.data) data[offset++] = element === 0 ? 0 : 1;
      else {
        data.set(block.data, offset);
        offset += block.data.length;
      }
    };
    const write = (entry: unknown, axis: number, path: string): void => {
      if (Array.isArray(entry)) {
        if (entry.length !== shape[axis]) throw ragged(shape, axis, path, `a list of ${entry.length}`);
        const children = entry as readonly unknown[];
        for (let i = 0; i < children.length; i++) write(children[i], axis + 1, `${path}[${i}]`);
        return;
      }
      if (typeof entry === 'number' || typeof entry === 'boolean') {
        if (axis !== shape.length) throw ragged(shape, axis, path, show(entry));
        data[offset++] = type === 'bool' ? (entry ? 1 : 0) : Number(entry);
        return;
      }
      const block = this.#block(entry, type);
      if (block === null) throw notNumber(entry, path);
      if (!sameShape(block.shape, shape.slice(axis))) {
        throw ragged(shape, axis, path, `${show(entry)} of shape ${showShape(block.shape)}`);
      }
      put(block);
    };
    write(values, 0, '');
    return { data, shape, dtype: type };
  }

  /** The shape along the first entries; entries of other shapes are not noticed. */
  shapeOf(values: unknown): number[] {
    const shape: number[] = [];
    let first = values;
    while (Array.isArray(first)) {
      shape.push(first.length);
      if (shape.length > MOST_AXES) throw tooDeep();
      first = (first as readonly unknown[])[0];
    }
    if (this.#isTensor(first)) shape.push(...first.shape);
    else if (isArrayData(first)) shape.push(first.length);
    else if (isImageData(first)) shape.push(...imageShape('tensor', first));
    return shape;
  }

  /** An entry that is an array with a shape; `null` for any other. */
  #block(entry: unknown, dtype: DType): ArrayBlock | null {
    if (this.#isTensor(entry)) return entry;
    if (isArrayData(entry)) {
      const data = readArrayData('tensor', entry, dtype);
      return { data, shape: [data.length], dtype: dtypeOfData(entry) };
    }
    if (!isImageData(entry)) return null;
    const data = readArrayData('tensor', entry.data, dtype);
    return { data, shape: imageShape('tensor', entry), dtype: dtypeOfData(entry.data) };
  }

  /** The dtype of all entries; `null` for empty arrays. Of a list of numbers only the first is considered. */
  #dtypeOf(values: unknown, depth = 0): DType | null {
    if (depth > MOST_AXES) throw tooDeep();
    if (typeof values === 'boolean') return 'bool';
    if (this.#isTensor(values)) return values.dtype;
    if (isArrayData(values)) return dtypeOfData(values);
    if (isImageData(values)) return dtypeOfData(values.data);
    if (!Array.isArray(values)) return 'float32';
    const entries = values as readonly unknown[];
    const [first] = entries;
    if (typeof first !== 'object' || first === null) return entries.length === 0 ? null : this.#dtypeOf(first);
    return entries.reduce<DType | null>((dtype, entry) => {
      const own = this.#dtypeOf(entry, depth + 1);
      return dtype === null || own === null ? (dtype ?? own) : promote(dtype, own);
    }, null);
  }
}

function tooDeep(): ValueError {
  return new ValueError(`[tensor] nested arrays must have at most ${MOST_AXES} levels. Received: more.`);
}

function ragged(shape: KnownShape, axis: number, path: string, received: string): ValueError {
  const expected = axis < shape.length ? `a list of ${shape[axis]}` : 'a number';
  return new ValueError(
    `[tensor] nested arrays must not be ragged: expected ${expected} at ${path || 'the top'}. Received: ${received}.`,
  );
}

function notNumber(entry: unknown, path: string): ValueError {
  return new ValueError(
    `[tensor] elements must be numbers or booleans. Received: ${show(entry)} at ${path || 'the top'}.${bytesHint(entry)}`,
  );
}

/** The fix for bytes without a type, for errors; empty for anything else. */
export function bytesHint(value: unknown): string {
  const isBytes =
    value instanceof ArrayBuffer ||
    value instanceof DataView ||
    (typeof SharedArrayBuffer !== 'undefined' && value instanceof SharedArrayBuffer);
  return isBytes ? ' Wrap its bytes in a typed array, such as new Float32Array(buffer).' : '';
}
