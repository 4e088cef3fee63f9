import type { EmitContext } from './context.ts';

/** Every `stride`-th element of [start, end) on each axis. */
export function emitSlice(
  context: EmitContext,
  x: string,
  starts: readonly number[],
  ends: readonly number[],
  strides: readonly number[],
  axes: readonly number[] = starts.map((_, i) => i),
): string {
  const { builder } = context;
  const ints = [starts, ends, axes, strides].map((values) => builder.integers(values));
  return builder.emit('Slice', [x, ...ints]);
}

/**
 * Zeros before and after each axis. The axes are named although they are all of them, because the engine then leaves the
 * node alone: otherwise it moves the padding into a pooling that follows, where a maximum ignores padded elements.
 */
export function emitPad(context: EmitContext, x: string, before: readonly number[], after: readonly number[]): string {
  if ([...before, ...after].every((width) => width === 0)) return x;
  const { builder } = context;
  const axes = builder.integers(before.map((_, axis) => axis));
  return builder.emit('Pad', [x, builder.integers([...before, ...after]), '', axes]);
}

/** Zeros between neighbors: each axis in turn is followed by a padded axis of size `width + 1`, merged with it, and cut. */
export function emitSpread(
  context: EmitContext,
  x: string,
  shape: readonly number[],
  between: readonly number[],
): string {
  let name = x;
  const current = [...shape];
  for (const [axis, width] of between.entries()) {
    const length = current[axis] ?? 0;
    if (width === 0 || length < 2) continue;
    const open = current.toSpliced(axis + 1, 0, 1);
    const widths = open.map((_, i) => (i === axis + 1 ? width : 0));
    name = context.builder.reshape(name, open);
    name = emitPad(
      context,
      name,
      open.map(() => 0),
      widths,
    );
    name = context.builder.reshape(name, current.with(axis, length * (width + 1)));
    current[axis] = length + (length - 1) * width;
    name = emitSlice(context, name, [0], [current[axis] ?? 0], [1], [axis]);
  }
  return name;
}
