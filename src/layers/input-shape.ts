import { type Shape, checkShape, compatible, showShape } from '../core/shape.ts';
import { type IsLeaf, type Tree, flatten, mapTree } from '../core/tree.ts';

/** The shape of the input of a layer; of each input, where it takes several. */
export type InputShape = Shape | readonly Shape[] | { readonly [name: string]: Shape };

const isSize = (size: unknown): boolean => size === null || typeof size === 'number';

/** Tells a shape from the arrays and records that hold shapes. */
const isShape: IsLeaf<Shape> = (value): value is Shape => Array.isArray(value) && value.every(isSize);

const isList = (value: InputShape): boolean =>
  typeof value === 'object' && Object.values(value).some((entry) => Array.isArray(entry));

/** The shapes of inputs, in the form in which `build` gets them. */
export function shapesOf<T extends { readonly shape: Shape }>(inputs: Tree<T>, isLeaf: IsLeaf<T>): InputShape {
  return mapTree(inputs, isLeaf, ({ shape }) => shape) as InputShape;
}

/** Checks the shape or shapes that a user gave. @throws ValueError if one is malformed. */
export function checkInputShape(value: InputShape, who: string): InputShape {
  if (!isList(value)) return checkShape(value, who, 'inputShape');
  for (const shape of Object.values(value) as unknown[]) checkShape(shape, who, 'inputShape');
  return value;
}

const flattenShapes = (value: InputShape): readonly Shape[] => flatten<Shape>(value as Tree<Shape>, isShape);

/** The shape of the first input: the one that input specs speak of. */
export function firstShape(value: InputShape): Shape | undefined {
  return flattenShapes(value)[0];
}

/** Whether inputs of both shapes can be the same once their unknown sizes are known. */
export function compatibleInputs(a: InputShape, b: InputShape): boolean {
  const [x, y] = [flattenShapes(a), flattenShapes(b)];
  return x.length === y.length && x.every((shape, i) => compatible(shape, y[i] ?? []));
}

export function showInputShape(value: InputShape): string {
  if (isShape(value)) return showShape(value);
  const shapes = flattenShapes(value).map(showShape).join(', ');
  return Array.isArray(value) ? `[${shapes}]` : `{${Object.keys(value).join(', ')}: ${shapes}}`;
}
