import { RandomStream, drawSeed } from '../../../core/random.ts';
import { type Field, integer, nullable } from '../../saving/fields.ts';
import type { LayerOptions } from '../base/layer-options.ts';

/** Options of the layers that add or multiply noise. */
export interface NoiseOptions extends LayerOptions {
  /** A seed that makes the noise reproducible. @default null, another seed each time */
  seed?: number | null | undefined;
}

/** A seed that makes a layer's random numbers reproducible, or null. */
export const seed: Field<number | null> = nullable(integer(undefined, 0));

/** Seeds for the places where a layer is called. A layer that draws nothing does not advance the global stream. */
export function seedsFor(given: number | null, draws: boolean): RandomStream {
  return new RandomStream(given ?? (draws ? drawSeed() : 0));
}
