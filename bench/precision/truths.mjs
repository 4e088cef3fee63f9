import { axesOf } from './problems.mjs';

/** Of each element, which of the groups it belongs to that share their indices on `axes`. */
function labels(shape, axes) {
  const size = shape.reduce((product, length) => product * length, 1);
  const found = new Int32Array(size);
  let stride = 1;
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (axes.includes(axis)) {
      for (let i = 0; i < size; i++) found[i] += step * (Math.floor(i / stride) % shape[axis]);
      step *= shape[axis];
    }
    stride *= shape[axis];
  }
  return { of: found, count: step };
}

/** Which elements have one mean and variance, and which have one gamma and beta. */
function groupings({ layer, config, shape, ...rest }) {
  const axes = axesOf({ config, shape, ...rest });
  const others = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  if (layer === 'GroupNormalization' || layer === 'InstanceNormalization') {
    const [axis] = axes;
    const groups = config.groups ?? shape[axis];
    const view = shape.toSpliced(axis, 1, groups, shape[axis] / groups);
    return { group: labels(view, [0, axis]), coefficient: labels(view, [axis, axis + 1]) };
  }
  const isBatch = layer.endsWith('BatchNormalization');
  return { group: labels(shape, isBatch ? axes : others), coefficient: labels(shape, axes) };
}

/** The layers that take statistics of what they are given, by their closed formulas. */
function statistics(given, { x, dy, gamma, beta }) {
  const { layer, config } = given;
  const { group, coefficient } = groupings(given);
  const count = x.length / group.count;
  const sum = (term, { of, count: length } = group) => {
    const sums = new Float64Array(length);
    for (let i = 0; i < x.length; i++) sums[of[i]] += term(i);
    return sums;
  };
  const meanOf = (term) => sum(term).map((total) => total / count);
  const each = (term) => Float64Array.from(x, (_, i) => term(i));
  const g = gamma === undefined ? dy : each((i) => dy[i] * gamma[coefficient.of[i]]);

  if (layer === 'UnitNormalization') {
    const norm = sum((i) => x[i] * x[i]).map((total) => Math.max(Math.sqrt(total), 1e-12));
    const hat = each((i) => x[i] / norm[group.of[i]]);
    const along = sum((i) => g[i] * hat[i]);
    return { output: hat, dx: each((i) => (g[i] - hat[i] * along[group.of[i]]) / norm[group.of[i]]) };
  }

  const first = meanOf((i) => x[i]);
  // The rounding error of the first pass comes out in the second.
  const mean = meanOf((i) => x[i] - first[group.of[i]]).map((rest, j) => first[j] + rest);
  const centred = each((i) => x[i] - mean[group.of[i]]);
  const variance = meanOf((i) => centred[i] ** 2);
  const isRms = layer === 'RMSNormalization';
  const inverse = (isRms ? meanOf((i) => x[i] * x[i]) : variance).map((value) => 1 / Math.sqrt(value + config.epsilon));
  const keepsMean = isRms || config.rms_scaling === true;
  const hat = each((i) => (keepsMean ? x[i] : centred[i]) * inverse[group.of[i]]);
  const along = meanOf((i) => g[i] * hat[i]);
  const share = keepsMean ? new Float64Array(group.count) : meanOf((i) => g[i]);
  const slope = isRms ? hat : each((i) => centred[i] * inverse[group.of[i]]);
  return {
    output: each((i) => hat[i] * gamma[coefficient.of[i]] + (beta?.[coefficient.of[i]] ?? 0)),
    dx: each((i) => inverse[group.of[i]] * (g[i] - share[group.of[i]] - slope[i] * along[group.of[i]])),
    dgamma: sum((i) => dy[i] * hat[i], coefficient),
    ...(beta === undefined ? {} : { dbeta: sum((i) => dy[i], coefficient) }),
    ...(layer.endsWith('BatchNormalization') ? { movingMean: mean, movingVariance: variance } : {}),
  };
}

/** a · b of [rows, inner] and [inner, columns]; either is turned first where asked. */
function product(a, b, rows, inner, columns, { turnA = false, turnB = false } = {}) {
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const entry = turnA ? a[k * rows + i] : a[i * inner + k];
      for (let j = 0; j < columns; j++) {
        result[i * columns + j] += entry * (turnB ? b[j * inner + k] : b[k * columns + j]);
      }
    }
  }
  return result;
}

const unit = (vector) => {
  const norm = Math.sqrt(vector.reduce((total, entry) => total + entry * entry, 0));
  return vector.map((entry) => entry / norm);
};

function spectral({ shape: [rows, inputs], units, config }, { x, dy, kernel, vector }) {
  let u = Float64Array.from(vector);
  let v = u;
  for (let i = 0; i < config.power_iterations; i++) {
    v = unit(product(u, kernel, 1, units, inputs, { turnB: true }));
    u = unit(product(v, kernel, 1, inputs, units));
  }
  const sigma = product(v, kernel, 1, inputs, units).reduce((total, entry, j) => total + entry * u[j], 0);
  const divided = Float64Array.from(kernel, (entry) => entry / sigma);
  return {
    output: product(x, divided, rows, inputs, units),
    dx: product(dy, divided, rows, units, inputs, { turnB: true }),
    kernel: divided,
    vectorU: u,
  };
}

function weight({ shape: [rows, inputs], units }, { x, dy, kernel, vector: g }) {
  const squares = new Float64Array(units);
  for (let i = 0; i < kernel.length; i++) squares[i % units] += kernel[i] * kernel[i];
  const norm = squares.map(Math.sqrt);
  const direction = Float64Array.from(kernel, (entry, i) => entry / norm[i % units]);
  const weights = direction.map((entry, i) => entry * g[i % units]);
  const dkernel = product(x, dy, inputs, rows, units, { turnA: true });
  const dg = new Float64Array(units);
  for (let i = 0; i < kernel.length; i++) dg[i % units] += dkernel[i] * direction[i];
  return {
    output: product(x, weights, rows, inputs, units),
    dx: product(dy, weights, rows, units, inputs, { turnB: true }),
    dg,
    dv: dkernel.map((entry, i) => (g[i % units] / norm[i % units]) * (entry - direction[i] * dg[i % units])),
  };
}

function adapt({ shape }, { x }) {
  const features = shape.at(-1);
  const count = x.length / features;
  const meanOf = (term) => {
    const sums = new Float64Array(features);
    for (let i = 0; i < x.length; i++) sums[i % features] += term(i);
    return sums.map((total) => total / count);
  };
  const first = meanOf((i) => x[i]);
  const mean = meanOf((i) => x[i] - first[i % features]).map((rest, j) => first[j] + rest);
  const variance = meanOf((i) => (x[i] - mean[i % features]) ** 2);
  const deviation = variance.map((value) => Math.max(Math.sqrt(value), 1e-7));
  const rows = Float64Array.from(x.subarray(0, 8 * features));
  return { mean, variance, output: rows.map((entry, i) => (entry - mean[i % features]) / deviation[i % features]) };
}

const formulas = { statistics, spectral, weight, adapt };

/** The quantities of a case by closed formulas in float64, in two passes, with the mean's own rounding error taken off. */
export function truth(given, problem) {
  return formulas[given.kind](given, problem);
}
