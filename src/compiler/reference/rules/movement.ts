import { type KnownShape, type Shape, known, sizeOf, stridesOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import { at, broadcastOffsets, offsets, zeros } from '../arrays/array.ts';
import { checkIndex } from '../arrays/indices.ts';
import type { EvaluateRules } from './rule.ts';

/** The elements of x at the given offsets, in a new shape. */
function pick(x: Tensor, shape: KnownShape, from: Int32Array): Tensor {
  const result = zeros(x.dtype, shape);
  const [source, to] = [x.data, result.data];
  for (let i = 0; i < to.length; i++) to[i] = source[from[i] ?? 0] ?? NaN;
  return result;
}

/** A shape whose unknown size, if there is one, is computed from the number of elements. */
function completeShape(shape: Shape, size: number): KnownShape {
  const others = sizeOf(shape.filter((entry) => entry !== null));
  const unknown = shape.filter((entry) => entry === null).length;
  return unknown === 1 ? shape.map((entry) => entry ?? (others === 0 ? 0 : size / others)) : known(shape);
}

/** The number of elements over the axes before the indexed ones, and over those after them. */
function split(shape: KnownShape, axis: number, axes: number): readonly [number, number] {
  return [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + axes))];
}

export const movementRules: EvaluateRules<'movement'> = {
  reshape: ([x], { shape }) => {
    return [x.reshape(completeShape(shape, x.size))];
  },
  transpose: ([x], { permutation }) => {
    const strides = stridesOf(x.shape);
    const shape = permutation.map((axis) => x.shape[axis] ?? 1);
    const from = offsets(
      shape,
      permutation.map((axis) => strides[axis] ?? 0),
    );
    return [pick(x, shape, from)];
  },
  broadcastTo: ([x], { shape }) => {
    const target = shape.map((size, i) => size ?? x.shape[i - shape.length + x.rank] ?? null);
    return [pick(x, known(target), broadcastOffsets(x.shape, known(target)))];
  },
  concatenate: (operands, { axis }) => {
    const [first] = operands;
    const shape = first.shape.with(
      axis,
      operands.reduce((total, x) => total + (x.shape[axis] ?? 0), 0),
    );
    const result = zeros(first.dtype, shape);
    const strides = stridesOf(shape);
    let start = 0;
    for (const x of operands) {
      for (const [i, to] of offsets(x.shape, strides, start * (strides[axis] ?? 0)).entries()) {
        result.data[to] = at(x.data, i);
      }
      start += x.shape[axis] ?? 0;
    }
    return [result];
  },
  slice: ([x], { starts, ends, strides }) => {
    const shape = x.shape.map((size, i) =>
      Math.max(0, Math.ceil((Math.min(ends[i] ?? 0, size) - (starts[i] ?? 0)) / (strides[i] ?? 1))),
    );
    const steps = stridesOf(x.shape);
    const base = steps.reduce((sum, step, i) => sum + step * (starts[i] ?? 0), 0);
    const from = offsets(
      shape,
      steps.map((step, i) => step * (strides[i] ?? 1)),
      base,
    );
    return [pick(x, shape, from)];
  },
  pad: ([x], { before, after, between }) => {
    const gap = (i: number): number => between[i] ?? 0;
    const shape = x.shape.map((size, i) => {
      const spread = size === 0 ? 0 : (size - 1) * (gap(i) + 1) + 1;
      return (before[i] ?? 0) + spread + (after[i] ?? 0);
    });
    const result = zeros(x.dtype, shape);
    const steps = stridesOf(shape);
    const base = steps.reduce((sum, step, i) => sum + step * (before[i] ?? 0), 0);
    const to = offsets(
      x.shape,
      steps.map((step, i) => step * (gap(i) + 1)),
      base,
    );
    for (const [i, offset] of to.entries()) result.data[offset] = at(x.data, i);
    return [result];
  },
  gather: ([x, indices], { axis }) => {
    const result = zeros(x.dtype, x.shape.toSpliced(axis, 1, ...indices.shape));
    const size = x.shape[axis] ?? 0;
    const [outer, inner] = split(x.shape, axis, 1);
    let to = 0;
    for (let o = 0; o < outer; o++) {
      for (const index of indices.data) {
        const from = (o * size + checkIndex(index, size)) * inner;
        for (let i = 0; i < inner; i++) result.data[to++] = at(x.data, from + i);
      }
    }
    return [result];
  },
  scatterAdd: ([updates, indices], { axis, size }) => {
    const result = zeros(updates.dtype, updates.shape.toSpliced(axis, indices.rank, size));
    const [outer, inner] = split(updates.shape, axis, indices.rank);
    let from = 0;
    for (let o = 0; o < outer; o++) {
      for (const index of indices.data) {
        const to = (o * size + checkIndex(index, size)) * inner;
        for (let i = 0; i < inner; i++) result.data[to + i] = at(result.data, to + i) + at(updates.data, from++);
      }
    }
    return [result];
  },
  oneHot: ([indices], { depth, dtype }) => {
    const result = zeros(dtype, [...indices.shape, depth]);
    for (const [i, index] of indices.data.entries()) {
      if (index >= 0 && index < depth) result.data[i * depth + index] = 1;
    }
    return [result];
  },
};
