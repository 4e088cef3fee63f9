import { checkBoolean, checkInteger, checkNumber } from '../../core/checks.ts';
import { ValueError } from '../../core/errors.ts';

/** Reads an additional option, which is undefined if it is not given. */
type Reader<T> = (who: string, value: unknown) => T;

/** The factor of the numbers of filters. */
export const alpha: Reader<number> = (who, value = 1) => {
  const given = checkNumber(who, 'alpha', value);
  if (given > 0) return given;
  throw new ValueError(`[${who}] alpha must be > 0. Received: alpha=${given}.`);
};

/** A dropout rate. */
export const rate =
  (argument: string, byDefault: number): Reader<number> =>
  (who, value = byDefault) => {
    const given = checkNumber(who, argument, value);
    if (given >= 0 && given <= 1) return given;
    throw new ValueError(`[${who}] ${argument} must be in [0, 1]. Received: ${argument}=${given}.`);
  };

export const positive =
  (argument: string): Reader<number> =>
  (who, value = 1) =>
    checkInteger(who, argument, value, 1);

export const flag =
  (argument: string, byDefault: boolean): Reader<boolean> =>
  (who, value = byDefault) =>
    checkBoolean(who, argument, value);
