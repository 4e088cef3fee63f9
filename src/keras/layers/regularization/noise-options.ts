import { ValueError } from '../../../core/errors.ts';
import { checkInteger, checkNumber } from '../../../core/checks.ts';
import { RandomStream, drawSeed } from '../../../core/random.ts';
import type { LayerOptions } from '../base/layer-options.ts';

/** Options of the layers that add or multiply noise. */
export interface NoiseOptions extends LayerOptions {
  /** Makes the noise repeat itself. @default null, another seed each time */
  seed?: number | null | undefined;
}

/** A seed that was given, or null. */
export function checkSeed(who: string, seed: number | null | undefined): number | null {
  return seed === null || seed === undefined ? null : checkInteger(who, 'seed', seed, 0);
}

/** Gives each place where a layer is called a seed of its own; a layer that draws nothing takes none from the stream. */
export function seedsFor(seed: number | null, draws: boolean): RandomStream {
  return new RandomStream(seed ?? (draws ? drawSeed() : 0));
}

/** Checks a rate at which something is left. */
export function checkRate(who: string, rate: unknown): number {
  const number = checkNumber(who, 'rate', rate);
  if (number >= 0 && number < 1) return number;
  throw new ValueError(`[${who}] rate must lie in [0, 1): at 1 nothing would be left. Received: rate=${number}.`);
}
