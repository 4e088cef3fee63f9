import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, showShape } from '../../../core/shape.ts';

/** Checks the shape of what is drawn: 1 where elements share their fate, null for the size of the input. */
export function checkNoiseShape(value: unknown, who: string): Shape {
  const isSize = (size: unknown): boolean =>
    size === null || (typeof size === 'number' && Number.isInteger(size) && size > 0);
  if (Array.isArray(value) && value.every(isSize)) return [...(value as (number | null)[])];
  throw new ValueError(
    `[${who}] noiseShape must be a list of positive integers and nulls. Received: noiseShape=${show(value)}.`,
  );
}

/** The shape to draw for an input of this shape. @throws ValueError if it does not broadcast to the input. */
export function drawnShape(noiseShape: Shape | null, shape: Shape, who: string): Shape {
  const noise = noiseShape ?? shape.map(() => null);
  const fits = noise.every((size, i) => size === null || size === 1 || shape[i] === null || size === shape[i]);
  if (noise.length !== shape.length || !fits) {
    throw new ValueError(
      `[${who}] noiseShape=${showShape(noise)} must have the rank of the input, and 1 or null where it has not its size. Received: input of shape ${showShape(shape)}.`,
    );
  }
  return noise.map((size, i) => size ?? shape[i] ?? null);
}
