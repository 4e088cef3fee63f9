import { type Shape, checkShape, compatible, showShape } from '../../../core/shape.ts';
import { type IsLeaf, type Tree, flatten, mapTree } from '../../../core/tree.ts';

/** The shape of the input of a layer; those of its inputs, where it takes several. */
export type InputShape = Shape | readonly Shape[] | { readonly [name: string]: Shape };

/** Tells a shape from the arrays and records that hold shapes. */
export const isShape: IsLeaf<Shape> = (value): value is Shape =>
  Array.isArray(value) && !value.some((size: unknown) => Array.isArray(size));

const shapesIn = (value: InputShape): readonly Shape[] => flatten<Shape>(value, isShape);

/** The shapes of inputs, in the form in which `build` takes them. */
export function shapesOf<T extends { readonly shape: Shape }>(inputs: Tree<T>, isLeaf: IsLeaf<T>): InputShape {
  return mapTree(inputs, isLeaf, ({ shape }) => shape) as InputShape;
}

/** Checks the shape or shapes that a user gave. @throws ValueError if one is malformed. */
export function checkInputShape(value: InputShape, who: string): InputShape {
  const several = typeof value === 'object' && Object.values(value).some((entry) => Array.isArray(entry));
  for (const shape of several ? Object.values(value) : [value]) checkShape(shape, who, 'inputShape');
  return value;
}

/** The shape of the first input: the one that input specs speak of. */
export function firstShape(value: InputShape): Shape | undefined {
  return shapesIn(value)[0];
}

/** Whether inputs of both shapes can be the same once their unknown sizes are known. */
export function compatibleInputs(a: InputShape, b: InputShape): boolean {
  const [x, y] = [shapesIn(a), shapesIn(b)];
  return x.length === y.length && x.every((shape, i) => compatible(shape, y[i] ?? []));
}

export function showInputShape(value: InputShape): string {
  return isShape(value) ? showShape(value) : `[${shapesIn(value).map(showShape).join(', ')}]`;
}
