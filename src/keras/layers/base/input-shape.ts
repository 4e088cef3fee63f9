import { ValueError } from '../../../core/errors.ts';
import { type Shape, checkShape, compatible, showShape } from '../../../core/shape.ts';
import { type IsLeaf, type Tree, flatten, mapTree } from '../../../core/tree.ts';

/** The shape of a layer's input, or the shapes of its inputs. */
export type InputShape = Shape | readonly Shape[] | { readonly [name: string]: Shape };

/** Whether a value is a shape, not an array or record of shapes. */
export const isShape: IsLeaf<Shape> = (value): value is Shape =>
  Array.isArray(value) && !value.some((size: unknown) => Array.isArray(size));

const shapesIn = (value: InputShape): readonly Shape[] => flatten<Shape>(value, isShape);

/** The shapes of inputs, in the form that `build` accepts. */
export function shapesOf<T extends { readonly shape: Shape }>(inputs: Tree<T>, isLeaf: IsLeaf<T>): InputShape {
  return mapTree(inputs, isLeaf, ({ shape }) => shape) as InputShape;
}

/** Checks the shape or shapes that a user passed. @throws ValueError if one is malformed. */
export function checkInputShape(value: InputShape, who: string): InputShape {
  const isObject = (part: unknown): part is object => typeof part === 'object' && part !== null;
  const check = (part: unknown): void => {
    const entries: readonly unknown[] = isObject(part) ? Object.values(part) : [];
    // Inputs may be nested, such as images and their bounding boxes.
    if (entries.some(isObject)) for (const entry of entries) check(entry);
    else checkShape(part, who, 'inputShape');
  };
  check(value);
  return value;
}

/** The shape of the first input, to which input specs apply. */
export function firstShape(value: InputShape): Shape | undefined {
  return shapesIn(value)[0];
}

/** Whether inputs of both shapes can be the same once their unknown sizes are known. */
export function compatibleInputs(a: InputShape, b: InputShape): boolean {
  const [x, y] = [shapesIn(a), shapesIn(b)];
  return x.length === y.length && x.every((shape, i) => compatible(shape, y[i] ?? []));
}

/** @throws ValueError if a layer with weights that was built for one shape is built for another */
export function checkRebuild(who: string, shape: InputShape, built: InputShape | null): void {
  if (built !== null && compatibleInputs(shape, built)) return;
  const before = built === null ? '' : `, this one for ${showInputShape(built)}`;
  throw new ValueError(
    `[${who}] a layer with weights is built for one input shape${before}. Received: inputShape=${showInputShape(shape)}. Make a new layer for it.`,
  );
}

export function showInputShape(value: InputShape): string {
  return isShape(value) ? showShape(value) : `[${shapesIn(value).map(showShape).join(', ')}]`;
}
