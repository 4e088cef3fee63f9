import type { ErrorSize, Errors, PrecisionCase } from './problems.mjs';

export interface Measurement {
  readonly errors: Errors;
  /** What rounding each number to float32 once may lose. */
  readonly roundoff: Readonly<Record<string, ErrorSize>>;
  /** The root mean square of the truth, which the golden script has computed too. */
  readonly truthRms: Readonly<Record<string, number>>;
}

/** The errors of what evenkeel computes in a case, as its users call it, and what float32 itself may lose. */
export declare function measure(given: PrecisionCase): Promise<Measurement>;
