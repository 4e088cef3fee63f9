export interface Tolerance {
  /** Relative to each expected number. */
  readonly rtol: number;
  /** Absolute. @default rtol times the root mean square of the finite expected numbers */
  readonly atol?: number;
}

/**
 * |actual − expected| ≤ rtol · |expected| + atol for every number. NaN equals NaN alone, +∞ equals +∞ alone, and −∞
 * equals −∞ alone. The message names the number that is worst off: the largest ratio of error to tolerance.
 */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: Tolerance): void {
  const message = findDifference(actual, expected, tolerance);
  if (message === null) return;
  const error = new Error(message);
  Error.captureStackTrace(error, expectClose);
  throw error;
}

function findDifference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol, atol = rtol * rootMeanSquare(expected) }: Tolerance,
): string | null {
  if (!(rtol >= 0 && atol >= 0))
    throw new Error(`Expected tolerances of at least 0. Received: rtol=${rtol}, atol=${atol}.`);
  if (actual.length !== expected.length) {
    return `Expected ${expected.length} numbers. Received: ${actual.length}.`;
  }
  let failures = 0;
  let worst = 1;
  let worstAt = -1;
  for (let i = 0; i < expected.length; i++) {
    const ratio = errorRatio(actual[i]!, expected[i]!, rtol, atol);
    if (ratio <= 1) continue;
    failures++;
    if (ratio > worst) {
      worst = ratio;
      worstAt = i;
    }
  }
  if (failures === 0) return null;
  return (
    `${failures} of ${expected.length} numbers differ (rtol ${rtol}, atol ${atol}). ` +
    `Worst at index ${worstAt}: expected ${expected[worstAt]!}, received ${actual[worstAt]!}, ` +
    `an error of ${worst.toPrecision(3)} times the tolerance.`
  );
}

/** The error in units of what is tolerated: 0 for equal numbers, infinite where no tolerance helps. */
function errorRatio(actual: number, expected: number, rtol: number, atol: number): number {
  if (actual === expected || (Number.isNaN(actual) && Number.isNaN(expected))) return 0;
  if (!Number.isFinite(actual) || !Number.isFinite(expected)) return Infinity;
  return Math.abs(actual - expected) / (rtol * Math.abs(expected) + atol);
}

function rootMeanSquare(values: ArrayLike<number>): number {
  const finite = Array.from(values).filter(Number.isFinite);
  // In units of the largest, so that no square is infinite, which would tolerate anything.
  const largest = finite.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  if (largest === 0) return 0;
  return largest * Math.sqrt(finite.reduce((sum, value) => sum + (value / largest) ** 2, 0) / finite.length);
}
