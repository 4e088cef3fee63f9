/** The maximum number of sweeps; a few are enough for any matrix. */
const SWEEPS = 60;

/**
 * The maximum singular value of a matrix in row-major order, by one-sided Jacobi rotations: pairs of columns are rotated
 * until all are orthogonal; their norms are then the singular values.
 */
export function largestSingularValue(data: ArrayLike<number>, rows: number, columns: number): number {
  const a = Array.from({ length: columns }, (_, j) =>
    Float64Array.from({ length: rows }, (_, i) => data[i * columns + j] ?? 0),
  );
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let rotated = false;
    for (const [p, x] of a.entries()) {
      for (const y of a.slice(p + 1)) rotated = rotate(x, y) || rotated;
    }
    if (!rotated) break;
  }
  return a.reduce((largest, column) => Math.max(largest, Math.hypot(...column)), 0);
}

/** Rotates two columns until they are orthogonal. Returns whether they were not. */
function rotate(x: Float64Array, y: Float64Array): boolean {
  const [xx, yy, xy] = [dot(x, x), dot(y, y), dot(x, y)];
  if (!(Math.abs(xy) > 1e-15 * Math.sqrt(xx * yy))) return false;
  const zeta = (yy - xx) / (2 * xy);
  const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = cosine * tangent;
  for (let i = 0; i < x.length; i++) {
    const [u, v] = [x[i] ?? 0, y[i] ?? 0];
    x[i] = cosine * u - sine * v;
    y[i] = sine * u + cosine * v;
  }
  return true;
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] ?? 0) * (y[i] ?? 0);
  return sum;
}
