import { readFileSync } from 'node:fs';
import { lcg } from '../lcg.ts';

/** The error of an array against the truth, relative to the root mean square of the truth. */
export interface ErrorSize {
  /** max |a − t| / rms(t) */
  readonly max: number;
  /** rms(a − t) / rms(t) */
  readonly rms: number;
}

/** Quantity (output, dx, dgamma, …) → its error; null if a number is not finite. */
export type Errors = Readonly<Record<string, ErrorSize | null>>;

/** One input of the golden file, and the errors of other libraries on it. */
export interface PrecisionCase {
  readonly kind: 'statistics' | 'spectral' | 'weight' | 'adapt';
  /** A class of evenkeel/layers. */
  readonly layer: string;
  /** The title: the shape and the property that makes the input hard. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The layer's options, as in Keras's config. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly mean: number;
  readonly deviation: number;
  readonly seed: number;
  /** The first three numbers of x, and its last. */
  readonly sample: readonly number[];
  /** The number of batches of `adapt`; 0 for a single array. */
  readonly batches?: number;
  /** The number of units of the Dense layer inside a wrapper, and the factor of its kernel. */
  readonly units?: number;
  readonly scale?: number;
  /** The root mean square of each quantity of the truth, as the golden script computed it. */
  readonly truthRms: Readonly<Record<string, number>>;
  /** Library → its errors. */
  readonly errors: Readonly<Record<string, Errors>>;
}

/** The float32 arrays of a case; a kind of case has only some of them. */
export interface Problem {
  readonly x: Float32Array;
  readonly dy: Float32Array;
  readonly gamma?: Float32Array;
  readonly beta?: Float32Array;
  readonly kernel: Float32Array;
  readonly vector: Float32Array;
}

interface GoldenFile {
  readonly about: { readonly versions: Readonly<Record<string, string>> };
  readonly cases: readonly PrecisionCase[];
}

const file = new URL('../../test/golden/normalization-precision.json', import.meta.url);

const golden = JSON.parse(readFileSync(file, 'utf8')) as GoldenFile;

/** The versions of the other libraries. */
export const versions: GoldenFile['about']['versions'] = golden.about.versions;

export const cases: readonly PrecisionCase[] = golden.cases;

/** The largest relative error of rounding to float32. */
export const UNIT_ROUNDOFF: number = 2 ** -24;

const NONE = new Float32Array(0);

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The axes of a config, counted from the front, ascending. */
export function axesOf({ config, shape }: Pick<PrecisionCase, 'config' | 'shape'>): readonly number[] {
  const axes = [config['axis'] as number | readonly number[]].flat();
  return axes.map((axis) => (axis < 0 ? axis + shape.length : axis)).sort((a, b) => a - b);
}

/** The inputs of a case, exactly as the golden script made them. */
export function makeProblem(given: PrecisionCase): Problem {
  const { kind, shape, mean, deviation, seed, sample, name, units = 0, scale = 1, batches = 0 } = given;
  const count = sizeOf(shape) * (kind === 'adapt' ? Math.max(batches, 1) : 1);
  const x = lcg(count, seed).map((u) => mean + deviation * 1.7320508075688772 * u);
  const found = [...x.subarray(0, 3), x.at(-1)];
  if (found.some((value, i) => value !== sample[i])) {
    throw new Error(`The input of the case "${name}" differs from that of the golden script.`);
  }
  const problem = { x, dy: NONE, kernel: NONE, vector: NONE };
  if (kind === 'adapt') return problem;
  if (kind === 'statistics') {
    const coefficients = sizeOf(axesOf(given).map((axis) => shape[axis]!));
    const hasGamma = given.layer !== 'UnitNormalization';
    const hasBeta = hasGamma && given.layer !== 'RMSNormalization' && given.config['rms_scaling'] !== true;
    return {
      ...problem,
      dy: lcg(count, seed + 500009),
      ...(hasGamma ? { gamma: lcg(coefficients, seed + 1, 0.5, 1.5) } : {}),
      ...(hasBeta ? { beta: lcg(coefficients, seed + 2, -0.5, 0.5) } : {}),
    };
  }
  const [rows, inputs] = shape as readonly [number, number];
  const isSpectral = kind === 'spectral';
  return {
    ...problem,
    dy: lcg(rows * units, seed + 500009),
    kernel: lcg(inputs * units, seed + 1).map((entry) => scale * entry),
    vector: lcg(units, seed + 2, isSpectral ? 0.1 : 0.5, isSpectral ? 1 : 1.5),
  };
}
