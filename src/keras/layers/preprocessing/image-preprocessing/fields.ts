import { checkNumber } from '../../../../core/checks.ts';
import { NotImplementedError, ValueError, show } from '../../../../core/errors.ts';
import { type Field, field, integer, nullable } from '../../../saving/fields.ts';
import type { FillMode } from '../../../ops/image/sampling.ts';
import type { TransformInterpolation } from '../../../ops/image/transforms.ts';

/** A lower and an upper bound. */
export type Interval = readonly [lower: number, upper: number];

/** A number, or a lower and an upper bound. */
export type Factor = number | readonly number[];

/** A seed that makes random numbers reproducible, or null. */
export const seed: Field<number | null> = nullable(integer(undefined, 0));

function pairOf(who: string, option: string, given: unknown): Interval | null {
  if (!Array.isArray(given) || given.length !== 2) return null;
  const [a, b] = given.map((entry) => checkNumber(who, option, entry));
  return [a ?? 0, b ?? 0];
}

const sorted = ([a, b]: Interval): Interval => (a <= b ? [a, b] : [b, a]);

const rule = (who: string, option: string, given: unknown, [low, high]: Interval): string =>
  `[${who}] ${option} must be a number in [${low}, ${high}], or two of them. Received: ${option}=${show(given)}.`;

/** Reads a factor as an interval: a number f stands for [max(−|f|, low), |f|]. Two numbers must meet the bounds. */
export function readFactor(who: string, option: string, given: unknown, [low, high]: Interval): Interval {
  const pair = pairOf(who, option, given);
  if (pair !== null) {
    if (pair[0] <= high && pair[1] >= low) return sorted(pair);
  } else if (typeof given === 'number' && given >= low && given <= high) {
    return [Math.max(-Math.abs(given), low), Math.abs(given)];
  }
  throw new ValueError(rule(who, option, given, [low, high]));
}

/** Keras's factor of a transformation, kept and written as an interval. */
export function factor(bounds: Interval, byDefault?: number): Field<Interval> {
  return field({ byDefault, read: (who, option, given) => readFactor(who, option, given, bounds) });
}

/**
 * Reads a factor of which each number must be in the bounds, as an interval: a number f stands for [−|f|, |f|], or for
 * [0, f] if the factor is one-sided.
 */
export function readStrictFactor(
  who: string,
  option: string,
  given: unknown,
  [low, high]: Interval,
  isOneSided: boolean,
): Interval {
  const pair = pairOf(who, option, given);
  const inside = (entry: number): boolean => entry >= low && entry <= high;
  // Keras writes the interval of one number, and refuses to read it where both bounds must be ≥ 0.
  const isOfNumber = !isOneSided && pair !== null && pair[0] === -pair[1] && inside(pair[1]);
  if (pair !== null && (isOfNumber || pair.every(inside))) return sorted(pair);
  if (typeof given === 'number' && inside(given)) return isOneSided ? [0, given] : [-Math.abs(given), Math.abs(given)];
  throw new ValueError(rule(who, option, given, [low, high]));
}

/** A factor of which each number must be in the bounds, kept and written as an interval. */
export function strictFactor(bounds: Interval, isOneSided: boolean, byDefault?: number): Field<Interval> {
  return field({
    byDefault,
    read: (who, option, given) => readStrictFactor(who, option, given, bounds, isOneSided),
  });
}

/** A factor of which each number must be in the bounds, kept and written as it is given. */
export function givenFactor(bounds: Interval, byDefault?: number): Field<Factor> {
  return field({
    byDefault,
    read: (who, option, given) => {
      readStrictFactor(who, option, given, bounds, false);
      return Array.isArray(given) ? [...(given as number[])] : (given as number);
    },
  });
}

/** The smallest and the largest value of a pixel. */
export const valueRange: Field<Interval> = field({
  byDefault: [0, 255],
  read: (who, option, given) => {
    const pair = pairOf(who, option, given);
    if (pair !== null) return sorted(pair);
    throw new ValueError(`[${who}] ${option} must be a list of two numbers. Received: ${option}=${show(given)}.`);
  },
});

/** One of a few strings; Keras's error for others is that they are not implemented. */
function oneOf<T extends string>(choices: readonly T[], byDefault: T): Field<T> {
  return field({
    byDefault,
    read: (who, option, given) => {
      const chosen = choices.find((each) => each === given);
      if (chosen !== undefined) return chosen;
      throw new NotImplementedError(
        `[${who}] ${option} must be one of ${choices.map((each) => `"${each}"`).join(', ')}. Received: ${option}=${show(given)}.`,
      );
    },
  });
}

/** The method of interpolation of moved images. */
export const interpolation: Field<TransformInterpolation> = oneOf(['nearest', 'bilinear'], 'bilinear');

/** The continuation of moved images beyond their edges. */
export const fillMode: Field<FillMode> = oneOf<FillMode>(['reflect', 'wrap', 'constant', 'nearest'], 'reflect');

/** The same with all modes. */
export const anyFillMode: Field<FillMode> = oneOf<FillMode>(
  ['constant', 'nearest', 'wrap', 'mirror', 'reflect'],
  'reflect',
);
