import { type PrecisionCase, type Problem, axesOf } from './problems.ts';

type Numbers = Float32Array | Float64Array;

/** The quantities of a case. */
export type Quantities = Readonly<Record<string, Float64Array>>;

/** Group of each element, and the number of groups. */
interface Labels {
  readonly of: Int32Array;
  readonly count: number;
}

type Term = (i: number) => number;

/** Groups elements that have the same indices on `axes`. */
function labels(shape: readonly number[], axes: readonly number[]): Labels {
  const size = shape.reduce((product, length) => product * length, 1);
  const found = new Int32Array(size);
  let stride = 1;
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (axes.includes(axis)) {
      for (let i = 0; i < size; i++) found[i]! += step * (Math.floor(i / stride) % shape[axis]!);
      step *= shape[axis]!;
    }
    stride *= shape[axis]!;
  }
  return { of: found, count: step };
}

/** `group`: the elements with a common mean and variance; `coefficient`: those with a common gamma and beta. */
function groupings({ layer, config, shape }: PrecisionCase): { readonly group: Labels; readonly coefficient: Labels } {
  const axes = axesOf({ config, shape });
  const others = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  if (layer === 'GroupNormalization' || layer === 'InstanceNormalization') {
    const axis = axes[0]!;
    const channels = shape[axis]!;
    const groups = (config['groups'] as number | undefined) ?? channels;
    const view = shape.toSpliced(axis, 1, groups, channels / groups);
    return { group: labels(view, [0, axis]), coefficient: labels(view, [axis, axis + 1]) };
  }
  const isBatch = layer.endsWith('BatchNormalization');
  return { group: labels(shape, isBatch ? axes : others), coefficient: labels(shape, axes) };
}

/** The layers that normalize by statistics of their input, by closed formulas. */
function statistics(given: PrecisionCase, { x, dy, gamma, beta }: Problem): Quantities {
  const { layer, config } = given;
  const epsilon = config['epsilon'] as number;
  const { group, coefficient } = groupings(given);
  const count = x.length / group.count;
  const sum = (term: Term, { of, count: length } = group): Float64Array => {
    const sums = new Float64Array(length);
    for (let i = 0; i < x.length; i++) sums[of[i]!]! += term(i);
    return sums;
  };
  const meanOf = (term: Term): Float64Array => sum(term).map((total) => total / count);
  const each = (term: Term): Float64Array => Float64Array.from(x, (_, i) => term(i));
  /** The entry of an element's group. */
  const at = (values: Numbers, i: number, { of } = group): number => values[of[i]!]!;
  const g = gamma === undefined ? dy : each((i) => dy[i]! * at(gamma, i, coefficient));

  if (layer === 'UnitNormalization') {
    const norm = sum((i) => x[i]! * x[i]!).map((total) => Math.max(Math.sqrt(total), 1e-12));
    const hat = each((i) => x[i]! / at(norm, i));
    const along = sum((i) => g[i]! * hat[i]!);
    return { output: hat, dx: each((i) => (g[i]! - hat[i]! * at(along, i)) / at(norm, i)) };
  }

  const first = meanOf((i) => x[i]!);
  // The second pass removes the rounding error of the first.
  const mean = meanOf((i) => x[i]! - at(first, i)).map((rest, j) => first[j]! + rest);
  const centered = each((i) => x[i]! - at(mean, i));
  const variance = meanOf((i) => centered[i]! ** 2);
  const isRms = layer === 'RMSNormalization';
  const squares = isRms ? meanOf((i) => x[i]! * x[i]!) : variance;
  const inverse = squares.map((value) => 1 / Math.sqrt(value + epsilon));
  const keepsMean = isRms || config['rms_scaling'] === true;
  const hat = each((i) => (keepsMean ? x[i]! : centered[i]!) * at(inverse, i));
  const along = meanOf((i) => g[i]! * hat[i]!);
  const share = keepsMean ? new Float64Array(group.count) : meanOf((i) => g[i]!);
  const slope = isRms ? hat : each((i) => centered[i]! * at(inverse, i));
  return {
    output: each((i) => hat[i]! * at(gamma!, i, coefficient) + (beta === undefined ? 0 : at(beta, i, coefficient))),
    dx: each((i) => at(inverse, i) * (g[i]! - at(share, i) - slope[i]! * at(along, i))),
    dgamma: sum((i) => dy[i]! * hat[i]!, coefficient),
    ...(beta === undefined ? {} : { dbeta: sum((i) => dy[i]!, coefficient) }),
    ...(layer.endsWith('BatchNormalization') ? { movingMean: mean, movingVariance: variance } : {}),
  };
}

interface Transposed {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** a · b of shapes [rows, inner] and [inner, columns], after transposing those that are named. */
function product(
  a: Numbers,
  b: Numbers,
  rows: number,
  inner: number,
  columns: number,
  { transposeA = false, transposeB = false }: Transposed = {},
): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const entry = transposeA ? a[k * rows + i]! : a[i * inner + k]!;
      for (let j = 0; j < columns; j++) {
        result[i * columns + j]! += entry * (transposeB ? b[j * inner + k]! : b[k * columns + j]!);
      }
    }
  }
  return result;
}

function unit(vector: Float64Array): Float64Array {
  const norm = Math.sqrt(vector.reduce((total, entry) => total + entry * entry, 0));
  return vector.map((entry) => entry / norm);
}

function spectral({ shape, units = 0, config }: PrecisionCase, { x, dy, kernel, vector }: Problem): Quantities {
  const [rows, inputs] = shape as readonly [number, number];
  let u: Float64Array = Float64Array.from(vector);
  let v = u;
  for (let i = 0; i < (config['power_iterations'] as number); i++) {
    v = unit(product(u, kernel, 1, units, inputs, { transposeB: true }));
    u = unit(product(v, kernel, 1, inputs, units));
  }
  const sigma = product(v, kernel, 1, inputs, units).reduce((total, entry, j) => total + entry * u[j]!, 0);
  const divided = Float64Array.from(kernel, (entry) => entry / sigma);
  return {
    output: product(x, divided, rows, inputs, units),
    dx: product(dy, divided, rows, units, inputs, { transposeB: true }),
    kernel: divided,
    vectorU: u,
  };
}

function weight({ shape, units = 0 }: PrecisionCase, { x, dy, kernel, vector: g }: Problem): Quantities {
  const [rows, inputs] = shape as readonly [number, number];
  const squares = new Float64Array(units);
  for (let i = 0; i < kernel.length; i++) squares[i % units]! += kernel[i]! * kernel[i]!;
  const norm = squares.map(Math.sqrt);
  const direction = Float64Array.from(kernel, (entry, i) => entry / norm[i % units]!);
  const weights = direction.map((entry, i) => entry * g[i % units]!);
  const dkernel = product(x, dy, inputs, rows, units, { transposeA: true });
  const dg = new Float64Array(units);
  for (let i = 0; i < kernel.length; i++) dg[i % units]! += dkernel[i]! * direction[i]!;
  return {
    output: product(x, weights, rows, inputs, units),
    dx: product(dy, weights, rows, units, inputs, { transposeB: true }),
    dg,
    dv: dkernel.map((entry, i) => (g[i % units]! / norm[i % units]!) * (entry - direction[i]! * dg[i % units]!)),
  };
}

function adapt({ shape }: PrecisionCase, { x }: Problem): Quantities {
  const features = shape.at(-1)!;
  const count = x.length / features;
  const meanOf = (term: Term): Float64Array => {
    const sums = new Float64Array(features);
    for (let i = 0; i < x.length; i++) sums[i % features]! += term(i);
    return sums.map((total) => total / count);
  };
  const first = meanOf((i) => x[i]!);
  const mean = meanOf((i) => x[i]! - first[i % features]!).map((rest, j) => first[j]! + rest);
  const variance = meanOf((i) => (x[i]! - mean[i % features]!) ** 2);
  const deviation = variance.map((value) => Math.max(Math.sqrt(value), 1e-7));
  const rows = Float64Array.from(x.subarray(0, 8 * features));
  return { mean, variance, output: rows.map((entry, i) => (entry - mean[i % features]!) / deviation[i % features]!) };
}

const formulas = { statistics, spectral, weight, adapt };

/**
 * The quantities of a case by closed formulas in float64; means are computed in two passes, the second of which removes
 * the rounding error of the first.
 */
export function truth(given: PrecisionCase, problem: Problem): Quantities {
  return formulas[given.kind](given, problem);
}
