import type { Builder, Transposed } from './builder.ts';
import type { EmitContext } from './context.ts';
import { type Permutation, compose, mergeAxes, permutedShape, planTranspositions } from './permutation.ts';
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
): string {
  const { builder, target } = context;
  const plainly = (): string => builder.emit('Transpose', [x], { attributes: { perm } });
  // Sizes that are free must not determine the operators.
  if (!isOnProcessor(target) || (target.freeSizes ?? 'none') !== 'none' || shape.includes(0)) return plainly();
  const before = transposedFrom(builder, x);
  const composed = before === null ? null : compose(before, { shape, perm });
  const whole: Transposed =
    before === null || composed === null ? { source: x, shape, perm } : { source: before.source, ...composed };
  const steps = planTranspositions(mergeAxes(whole));
  const name = whole.source === x && steps.length === 1 ? plainly() : emitSteps(builder, whole, steps, shape, perm);
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

function emitSteps(
  builder: Builder,
  { source }: Transposed,
  steps: readonly Permutation[],
  shape: readonly number[],
  perm: readonly number[],
): string {
  let name = source;
  for (const [i, step] of steps.entries()) {
    // The engine's optimizer would merge neighbors again; it does not look behind Flatten, which copies nothing.
    const separate = i === 0 ? name : builder.emit('Flatten', [name], { attributes: { axis: 1 } });
    const viewed = builder.reshape(separate, step.shape);
    const isMoved = step.perm.some((axis, at) => axis !== at);
    name = isMoved ? builder.emit('Transpose', [viewed], { attributes: { perm: step.perm } }) : viewed;
  }
  return builder.reshape(name, permutedShape({ shape, perm }));
}
