import { sizeOf, stridesOf } from '../../../core/shape.ts';
import { DataType, type OnnxTensor } from '../../onnx/index.ts';

/** Whether two constants are equal, apart from their names. */
export function sameElements(a: OnnxTensor, b: OnnxTensor): boolean {
  if (a.dataType !== b.dataType || a.dims.join() !== b.dims.join()) return false;
  const [x, y] = [a.rawData, b.rawData];
  if (x.buffer === y.buffer && x.byteOffset === y.byteOffset) return true;
  if (x.length !== y.length) return false;
  // A plain loop, since there may be hundreds of millions of bytes.
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}

/** The element of a constant with one float element; `null` for others. */
export function floatOf({ dataType, dims, rawData }: OnnxTensor): number | null {
  if (sizeOf(dims) !== 1) return null;
  const { buffer } = rawData.slice();
  if (dataType === DataType.FLOAT) return new Float32Array(buffer)[0] ?? null;
  return dataType === DataType.DOUBLE ? (new Float64Array(buffer)[0] ?? null) : null;
}

/**
 * The constant that the constants of all samples repeat along the axes where their sizes differ, with size 1 on these axes;
 * `null` if they do not repeat one.
 */
export function commonPart(tensors: readonly OnnxTensor[]): OnnxTensor | null {
  const [first] = tensors;
  if (first === undefined || tensors.some(({ dims }) => dims.length !== first.dims.length)) return null;
  const varies = first.dims.map((size, axis) => tensors.some(({ dims }) => dims[axis] !== size));
  const [part, ...others] = tensors.map((tensor) => collapse(tensor, varies));
  if (part === null || part === undefined) return null;
  return others.every((other) => other !== null && sameElements(part, other)) ? part : null;
}

/** The element that a constant repeats, with size 1 on all axes; `null` if it has different ones. */
export function uniformPart(tensor: OnnxTensor): OnnxTensor | null {
  return collapse(
    tensor,
    tensor.dims.map(() => true),
  );
}

/** The first slice along some axes, if all slices along them are equal; else `null`. */
function collapse(tensor: OnnxTensor, along: readonly boolean[]): OnnxTensor | null {
  const { dims, rawData } = tensor;
  const count = sizeOf(dims);
  const width = rawData.length / Math.max(1, count);
  const reduced = dims.map((size, axis) => (along[axis] === true ? 1 : size));
  const [strides, target] = [stridesOf(dims), stridesOf(reduced)];
  const bytes = new Uint8Array(sizeOf(reduced) * width);
  for (let i = 0; i < count; i++) {
    let [at, isFirst] = [0, true];
    for (const [axis, stride] of strides.entries()) {
      const place = Math.floor(i / stride) % (dims[axis] ?? 1);
      if (along[axis] !== true) at += place * (target[axis] ?? 0);
      else if (place > 0) isFirst = false;
    }
    for (let byte = 0; byte < width; byte++) {
      const value = rawData[i * width + byte] ?? 0;
      if (isFirst) bytes[at * width + byte] = value;
      else if (bytes[at * width + byte] !== value) return null;
    }
  }
  return count === 0 ? null : { ...tensor, dims: reduced, rawData: bytes };
}
