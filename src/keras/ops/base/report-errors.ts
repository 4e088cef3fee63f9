import { ValueError } from '../../../core/errors.ts';

const RAISED_BY_OP = /^\[(?:ops|activations)\.\w+\] /;

/** Runs a part of a layer or an operation. Errors of the functions of `ops` in it name the layer instead of the function. */
export function reportErrorsAs<T>(who: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ValueError) || !RAISED_BY_OP.test(error.message)) throw error;
    throw new ValueError(
      error.message.replace(RAISED_BY_OP, () => `[${who}] `),
      { cause: error },
    );
  }
}
