import { ValueError } from '../../../core/errors.ts';
import { checkNumber } from '../../../core/checks.ts';
import { type Field, field } from '../../saving/fields.ts';

/** The share of the input that is dropped: less than 1, where the remaining part would be scaled by infinity. */
export const rate: Field<number> = field({
  read: (who, option, given) => {
    const number = checkNumber(who, option, given);
    if (number >= 0 && number < 1) return number;
    throw new ValueError(
      `[${who}] ${option} must be in [0, 1): at 1 nothing would be left. Received: ${option}=${number}.`,
    );
  },
});
