import { ValueError, show } from '../../core/errors.ts';
import { type Field, field } from '../saving/fields.ts';

/** The factor of a penalty: a finite number ≥ 0. */
export function factor(byDefault: number): Field<number> {
  return field({
    byDefault,
    read: (who, option, given) => {
      if (typeof given === 'number' && Number.isFinite(given) && given >= 0) return given;
      throw new ValueError(`[${who}] ${option} must be a finite number ≥ 0. Received: ${option}=${show(given)}.`);
    },
  });
}

/** A factor rounded to float32, as Keras keeps and writes some of them. */
export function float32Factor(byDefault: number): Field<number> {
  const unrounded = factor(byDefault);
  return { ...unrounded, read: (who, option, given) => Math.fround(unrounded.read(who, option, given)) };
}
