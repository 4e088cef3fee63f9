import { isPlainRecord } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { type Shape, showShape } from '../../core/shape.ts';
import * as build from '../../compiler/builder/index.ts';
import { type Operand, toValue } from '../../compiler/builder/operand.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { type KerasTensor, isKerasTensor } from './base/keras-tensor.ts';
import { Operation } from './base/operation.ts';
import type { Symbolic } from './base/op.ts';
import type { Specification } from './base/specification.ts';

const WHO = 'ops.rearrange';

/** The sizes of axes by name. */
export type AxesLengths = Readonly<Record<string, number>>;

/** The names of the axes of a tensor; several where an axis is a product. */
type Pattern = readonly (readonly string[])[];

/** The pattern without arrows: names, `1`, `...`, and groups in parentheses. */
const PART = /\(([^()]*)\)|\.\.\.|\w+/g;

/** Keras's class of operations, whose calls have the sizes of axes as keywords. */
const SPECIFICATION: Specification = {
  module: 'keras.src.ops.einops',
  className: 'Rearrange',
  who: WHO,
  parameters: ['tensor', 'pattern'],
  isVariadic: false,
  requiredParameters: 2,
  keywords: [],
  options: new Map(),
  acceptsKeywords: true,
  run: (tensor, pattern, axesLengths) =>
    rearranged(tensor as Operand, pattern as string, (axesLengths ?? {}) as AxesLengths),
};

function recordOrCompute(
  tensor: Operand | KerasTensor,
  pattern: string,
  axesLengths: AxesLengths = {},
): Value | KerasTensor {
  if (!isKerasTensor(tensor)) return rearranged(tensor, pattern, axesLengths);
  const recorded = new Operation(SPECIFICATION, {}).symbolicCall({ args: [tensor, pattern], kwargs: axesLengths });
  return recorded as KerasTensor;
}

/**
 * The axes split, reordered and joined as a pattern says, which names the axes before and after `->`. Axes in parentheses are
 * factors of one axis, the last of which varies fastest; `...` stands for all other axes, and `1` for an axis of size 1.
 *
 * Shapes: each axis of the tensor has a name or a group; of the factors in a group, all sizes but one must be given.
 *
 * @throws ValueError if the pattern is malformed, does not fit the shape, or a size cannot be inferred.
 * @example
 * await jit((x) => ops.rearrange(x, 'h w -> w h'))([[1, 2, 3], [4, 5, 6]]);                // [[1, 4], [2, 5], [3, 6]]
 * await jit((x) => ops.rearrange(x, 'h (w p) -> (h w) p', { p: 2 }))([[1, 2, 3, 4]]);     // [[1, 2], [3, 4]]
 * @see https://keras.io/api/ops/einops/
 */
export const rearrange: Symbolic<(tensor: Operand, pattern: string, axesLengths?: AxesLengths) => Value> =
  Object.assign(recordOrCompute as Symbolic<(tensor: Operand, pattern: string, axesLengths?: AxesLengths) => Value>, {
    specification: SPECIFICATION,
  });
Object.defineProperty(rearrange, 'name', { value: 'rearrange' });

function rearranged(tensor: Operand, pattern: string, axesLengths: AxesLengths): Value {
  const x = toValue(tensor);
  if (!isPlainRecord(axesLengths)) {
    throw new TypeError(`[${WHO}] axesLengths must be an object. Received: ${show(axesLengths)}.`);
  }
  const [from, to] = readPattern(pattern, x);
  const sizes = sizesOf(from, x.shape, axesLengths, pattern);
  const sizeOf = (name: string): number | null => sizes.get(name) ?? null;
  const before = from.flat();
  const after = to.flat();
  const extra = before.find((name) => !after.includes(name)) ?? after.find((name) => !before.includes(name));
  if (extra !== undefined) {
    throw new ValueError(
      `[${WHO}] both sides of a pattern must name the same axes. Received: pattern=${show(pattern)}, with ${show(extra)} on one side.`,
    );
  }
  const split = build.reshape(x, before.map(sizeOf));
  const moved = build.transpose(
    split,
    after.map((name) => before.indexOf(name)),
  );
  return build.reshape(
    moved,
    to.map((names) => names.map(sizeOf).reduce<number | null>((a, b) => (a === null || b === null ? null : a * b), 1)),
  );
}

function readPattern(pattern: unknown, x: Value): readonly [Pattern, Pattern] {
  const sides = typeof pattern === 'string' ? pattern.split('->') : [];
  if (sides.length !== 2) {
    throw new ValueError(`[${WHO}] pattern must have the form "a b -> b a". Received: pattern=${show(pattern)}.`);
  }
  const [from = '', to = ''] = sides;
  const named = [...from.matchAll(PART)].filter(([part]) => part !== '...').length;
  const read = (side: string): Pattern => {
    if (side.replaceAll(PART, '').trim() !== '') {
      throw new ValueError(
        `[${WHO}] pattern must consist of names, "...", and groups in parentheses. Received: pattern=${show(pattern)}.`,
      );
    }
    const axes = [...side.matchAll(PART)].flatMap(([part, group]): Pattern => {
      if (group !== undefined) return [group.trim() === '' ? [] : group.trim().split(/\s+/)];
      if (part !== '...') return [part === '1' ? [] : [part]];
      return Array.from({ length: Math.max(0, x.rank - named) }, (_, i) => [`... ${i}`]);
    });
    const names = axes.flat();
    const repeated = names.find((name, i) => names.indexOf(name) !== i);
    if (repeated === undefined) return axes;
    throw new ValueError(
      `[${WHO}] a name must occur once on each side. Received: pattern=${show(pattern)}, with ${show(repeated)} twice.`,
    );
  };
  const axes = read(from);
  if (axes.length === x.rank) return [axes, read(to)];
  throw new ValueError(
    `[${WHO}] pattern must name each axis of the tensor. Received: pattern=${show(pattern)} for shape ${showShape(x.shape)}.`,
  );
}

/** The size of each name, given or inferred. */
function sizesOf(from: Pattern, shape: Shape, given: AxesLengths, pattern: string): ReadonlyMap<string, number | null> {
  const names = from.flat();
  for (const [name, size] of Object.entries(given)) {
    if (names.includes(name) && Number.isInteger(size) && size >= 1) continue;
    throw new ValueError(
      `[${WHO}] axesLengths must have integers ≥ 1 for names in the pattern. Received: ${name}=${show(size)}, pattern=${show(pattern)}.`,
    );
  }
  const sizes = new Map<string, number | null>(Object.entries(given));
  for (const [axis, group] of from.entries()) {
    const whole = shape[axis] ?? null;
    const [open, ...others] = group.filter((name) => !sizes.has(name));
    const known = group.reduce((product, name) => product * (sizes.get(name) ?? 1), 1);
    if (others.length > 0) {
      throw new ValueError(
        `[${WHO}] all sizes of a group but one must be given. Received: pattern=${show(pattern)} without the sizes of ${[open, ...others].map(show).join(' and ')}.`,
      );
    }
    const fits = whole === null || (open === undefined ? known === whole : whole % known === 0);
    if (!fits) {
      throw new ValueError(
        `[${WHO}] an axis must be the product of its factors. Received: (${group.join(' ')}) with a product of ${known}, for axis ${axis} of shape ${showShape(shape)}.`,
      );
    }
    if (open !== undefined) sizes.set(open, whole === null ? null : whole / known);
  }
  return sizes;
}
