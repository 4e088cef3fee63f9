import type { PrecisionCase, Problem } from './problems.mjs';

/** The quantities of a case in float64. */
export declare function truth(given: PrecisionCase, problem: Problem): Readonly<Record<string, Float64Array>>;
