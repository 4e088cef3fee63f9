/** How far an array is from the truth, relative to the root mean square of the truth. */
export interface ErrorSize {
  /** max |a − t| / rms(t) */
  readonly max: number;
  /** rms(a − t) / rms(t) */
  readonly rms: number;
}

/** Of each quantity (output, dx, dgamma, …) its error; null if a number is not finite. */
export type Errors = Readonly<Record<string, ErrorSize | null>>;

/** One input of the golden file, and how far other libraries are from the truth on it. */
export interface PrecisionCase {
  readonly kind: 'statistics' | 'spectral' | 'weight' | 'adapt';
  /** A class of evenkeel/layers. */
  readonly layer: string;
  /** What is special about it. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The root mean square of each quantity, as the golden script computed the truth. */
  readonly truthRms: Readonly<Record<string, number>>;
  /** The errors of each library. */
  readonly errors: Readonly<Record<string, Errors>>;
}

/** The float32 arrays of a case. */
export type Problem = Readonly<Record<string, Float32Array>>;

export declare const about: Readonly<Record<string, string>>;
export declare const cases: readonly PrecisionCase[];
export declare function makeProblem(given: PrecisionCase): Problem;
