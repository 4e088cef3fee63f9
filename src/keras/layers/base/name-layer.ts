import { ValueError } from '../../../core/errors.ts';

const LOWER = /^\[(?:ops|activations)\.\w+\] /;

/** Runs a part of a layer; an error of an op says which layer it was, in the place of the op. */
export function nameLayer<T>(who: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ValueError) || !LOWER.test(error.message)) throw error;
    throw new ValueError(
      error.message.replace(LOWER, () => `[${who}] `),
      { cause: error },
    );
  }
}
