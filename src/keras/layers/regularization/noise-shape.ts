import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import { type Field, field, nullable } from '../../saving/fields.ts';

const isSize = (size: unknown): boolean =>
  size === null || (typeof size === 'number' && Number.isInteger(size) && size > 0);

/** The shape of a random mask: 1 where elements are dropped together, null for the size of the input. */
export const noiseShape: Field<Shape | null> = nullable(
  field({
    read: (who, option, given): Shape => {
      if (Array.isArray(given) && given.every(isSize)) return [...(given as (number | null)[])];
      throw new ValueError(
        `[${who}] ${option} must be a list of positive integers and nulls. Received: ${option}=${show(given)}.`,
      );
    },
  }),
);

/** The shape of the random mask for an input. @throws ValueError if it does not broadcast to the input. */
export function drawnShape(given: Shape | null, shape: Shape, who: string): Shape {
  const noise = given ?? shape.map(() => null);
  const fits = noise.every((size, i) => size === null || size === 1 || shape[i] === null || size === shape[i]);
  if (noise.length !== shape.length || !fits) {
    throw new ValueError(
      `[${who}] noiseShape=${showShape(noise)} must have the rank of the input, and 1 or null where the sizes differ. Received: input of shape ${showShape(shape)}.`,
    );
  }
  return noise.map((size, i) => size ?? shape[i] ?? null);
}
