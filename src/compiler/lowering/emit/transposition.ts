import type { DType } from '../../../core/dtype.ts';
import { BLOCKED, type Builder, type Transposed } from './builder.ts';
import type { EmitContext } from './context.ts';
import {
  type Permutation,
  compose,
  formOf,
  matricesIn,
  mergeAxes,
  permutedShape,
  planTranspositions,
} from './permutation.ts';
import { isOnProcessor } from './target.ts';

/**
 * A value of this shape with its axes exchanged. What is already a transposed value, also in another shape, is transposed from its
 * source, in one pass instead of two; and a move that the engine would make element by element is made in two faster ones.
 */
export function emitTranspose(
  context: EmitContext,
  x: string,
  shape: readonly number[],
  perm: readonly number[],
  dtype: DType = 'float32',
): string {
  const { builder, target } = context;
  const plainly = (): string => builder.emit('Transpose', [x], { attributes: { perm } });
  // Sizes that are free must not determine the operators.
  if (!isOnProcessor(target) || (target.freeSizes ?? 'none') !== 'none' || shape.includes(0)) return plainly();
  const before = transposedFrom(builder, x);
  const composed = before === null ? null : compose(before, { shape, perm });
  const whole: Transposed =
    before === null || composed === null ? { source: x, shape, perm } : { source: before.source, ...composed };
  const merged = mergeAxes(whole);
  const block = dtype === 'float32' ? target.blockedChannels : 0;
  const steps = planTranspositions(merged, block);
  const isPlain = steps.length === 1 && merged.perm.length === perm.length && formOf(merged, block) === 'Transpose';
  const name =
    isPlain && whole.source === x
      ? plainly()
      : builder.reshape(emitSteps(builder, whole.source, steps, block), permutedShape({ shape, perm }));
  builder.transposed.set(name, whole);
  return name;
}

/** What a value of this shape was transposed from, axis by axis; other values as they are, with their axes in order. */
export function untransposed(builder: Builder, name: string, shape: readonly number[]): Transposed {
  const found = transposedFrom(builder, name);
  const hasAxes = found !== null && permutedShape(found).join() === shape.join();
  return hasAxes ? found : { source: name, shape, perm: [...shape.keys()] };
}

/** The source of a transposed value, whose result is in this or in another shape; null for other values. */
function transposedFrom(builder: Builder, name: string): Transposed | null {
  let viewed = name;
  for (let operand = builder.views.get(viewed); operand !== undefined; operand = builder.views.get(viewed)) {
    if (builder.transposed.has(viewed)) break;
    viewed = operand;
  }
  return builder.transposed.get(viewed) ?? null;
}

/** The transpositions one after the other. */
function emitSteps(builder: Builder, source: string, steps: readonly Permutation[], block: number): string {
  let name = source;
  for (const [i, step] of steps.entries()) {
    // The engine's optimizer would merge neighbors again; it does not look behind Flatten, which copies nothing.
    name = emitStep(
      builder,
      i === 0 ? name : builder.emit('Flatten', [name], { attributes: { axis: 1 } }),
      step,
      block,
    );
  }
  return name;
}

function emitStep(builder: Builder, x: string, step: Permutation, block: number): string {
  const form = formOf(step, block);
  const { count = 1, rows = 1, columns = 1 } = matricesIn(step) ?? {};
  switch (form) {
    case 'Transpose':
      return builder.emit(form, [builder.reshape(x, step.shape)], { attributes: { perm: step.perm } });
    case 'ReorderInput':
      return builder.emit(form, [builder.reshape(x, [count, rows, 1, columns])], { domain: BLOCKED });
    case 'ReorderOutput':
      return builder.emit(form, [builder.reshape(x, [count, columns, 1, rows])], {
        attributes: { channels: columns },
        domain: BLOCKED,
      });
  }
}
