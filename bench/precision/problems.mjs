import { readFileSync } from 'node:fs';
import { lcg } from '../lcg.mjs';

const file = new URL('../../test/golden/normalization-precision.json', import.meta.url);

/** The golden file: the cases, and how far other libraries are from the truth on each. */
export const { about, cases } = JSON.parse(readFileSync(file, 'utf8'));

/** Rounding to float32 loses so much of a number at most. */
export const UNIT_ROUNDOFF = 2 ** -24;

const sizeOf = (shape) => shape.reduce((product, size) => product * size, 1);

/** The axes that a config names, counted from the front, ascending. */
export function axesOf({ config, shape }) {
  return [config.axis]
    .flat()
    .map((axis) => (axis < 0 ? axis + shape.length : axis))
    .sort((a, b) => a - b);
}

/** The inputs of a case, exactly as the golden script made them. */
export function makeProblem(given) {
  const { kind, shape, mean, deviation, seed, sample, name } = given;
  const count = sizeOf(shape) * (kind === 'adapt' ? Math.max(given.batches, 1) : 1);
  const x = lcg(count, seed).map((u) => mean + deviation * 1.7320508075688772 * u);
  const found = [...x.subarray(0, 3), x.at(-1)];
  if (found.some((value, i) => value !== sample[i])) {
    throw new Error(`The input of the case "${name}" is not the golden script's.`);
  }
  if (kind === 'adapt') return { x };
  if (kind === 'statistics') {
    const coefficients = sizeOf(axesOf(given).map((axis) => shape[axis]));
    const hasGamma = given.layer !== 'UnitNormalization';
    const hasBeta = hasGamma && given.layer !== 'RMSNormalization' && given.config.rms_scaling !== true;
    return {
      x,
      dy: lcg(count, seed + 500009),
      ...(hasGamma ? { gamma: lcg(coefficients, seed + 1, 0.5, 1.5) } : {}),
      ...(hasBeta ? { beta: lcg(coefficients, seed + 2, -0.5, 0.5) } : {}),
    };
  }
  const [rows, inputs] = shape;
  return {
    x,
    dy: lcg(rows * given.units, seed + 500009),
    kernel: lcg(inputs * given.units, seed + 1).map((entry) => given.scale * entry),
    vector: lcg(given.units, seed + 2, kind === 'spectral' ? 0.1 : 0.5, kind === 'spectral' ? 1 : 1.5),
  };
}
