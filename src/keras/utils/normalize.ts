import { canonicalAxis } from '../../core/axes.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkOptions } from '../../core/checks.ts';
import { sizeOf } from '../../core/shape.ts';
import { Tensor, type TensorLike, tensor } from '../../core/tensor.ts';
import { isFloat } from '../../core/dtype.ts';
import { largestSingularValue } from './singular-value.ts';

/** Options of {@link normalize}. */
export interface NormalizeOptions {
  /** The axis along which norms become 1; null for the norm of the whole vector or matrix. @default -1 */
  axis?: number | null | undefined;
  /** The p of the norm (Σ|x|ᵖ)^(1/p), at least 1; Infinity for the maximum of |x|. @default 2 */
  order?: number | undefined;
}

/**
 * x / ‖x‖ along an axis, on the host; vectors of norm 0 are unchanged. `ops.normalize` does the same for symbolic values.
 *
 * With `axis: null` a matrix is divided by its operator norm, as in NumPy: order 1 is the maximum column sum of |x|,
 * Infinity the maximum row sum, 2 the maximum singular value.
 *
 * Shapes: the result has the shape of x; floating types are kept, others become float32.
 * @throws ValueError for an order below 1, an axis out of range, and with `axis: null` for a rank other than 1 and 2 or a
 * matrix with another order.
 * @example
 * normalize([[3, 4], [0, 5]]).toArray();                  // [[0.6, 0.8], [0, 1]]
 * normalize([[1, 3], [0, 1]], { order: 1 }).toArray();    // [[0.25, 0.75], [0, 1]]
 * @see https://keras.io/api/utils/python_utils/#normalize-function
 */
export function normalize(x: TensorLike, options: NormalizeOptions = {}): Tensor {
  const who = 'utils.normalize';
  checkOptions(who, options, ['axis', 'order']);
  const { axis = -1, order = 2 } = options;
  if (typeof order !== 'number' || !(order >= 1)) {
    throw new ValueError(`[${who}] order must be a number ≥ 1 or Infinity. Received: order=${show(order)}.`);
  }
  const given = tensor(x);
  const result = new Tensor(
    given.dtype === 'float64' ? new Float64Array(given.size) : new Float32Array(given.size),
    given.shape,
    isFloat(given.dtype) ? given.dtype : 'float32',
  );
  if (axis === null && given.rank !== 1) {
    const norm = matrixNorm(given, order, who) || 1;
    for (const [i, entry] of given.data.entries()) result.data[i] = entry / norm;
    return result;
  }
  const at = canonicalAxis(axis ?? -1, given.rank, who);
  const size = given.shape[at] ?? 1;
  const stride = sizeOf(given.shape.slice(at + 1));
  for (let i = 0; i < given.size; i++) {
    // Only the first entry of each line along the axis starts a line.
    if (Math.floor(i / stride) % size !== 0) continue;
    const line = Array.from({ length: size }, (_, k) => given.data[i + k * stride] ?? 0);
    const norm = vectorNorm(line, order) || 1;
    for (const [k, entry] of line.entries()) result.data[i + k * stride] = entry / norm;
  }
  return result;
}

function vectorNorm(entries: readonly number[], order: number): number {
  if (order === 2) return Math.hypot(...entries);
  const sizes = entries.map(Math.abs);
  if (order === 1) return sizes.reduce((sum, entry) => sum + entry, 0);
  // Relative to the maximum, so that no power overflows or underflows.
  const largest = sizes.reduce((max, entry) => Math.max(max, entry), 0);
  if (order === Infinity || largest === 0) return largest;
  return largest * sizes.reduce((sum, entry) => sum + (entry / largest) ** order, 0) ** (1 / order);
}

function matrixNorm({ data, shape }: Tensor, order: number, who: string): number {
  const [rows, columns, ...more] = shape;
  if (rows === undefined || columns === undefined || more.length > 0) {
    throw new ValueError(
      `[${who}] x must be a vector or a matrix with axis: null. Received: an array of rank ${shape.length}. Pass an axis, or reshape the array.`,
    );
  }
  if (order === 2) return largestSingularValue(data, rows, columns);
  if (order !== 1 && order !== Infinity) {
    throw new ValueError(
      `[${who}] order must be 1, 2 or Infinity for a matrix with axis: null. Received: order=${order}. Pass an axis.`,
    );
  }
  const sums = new Float64Array(order === 1 ? columns : rows);
  for (const [i, entry] of data.entries()) {
    const at = order === 1 ? i % columns : Math.floor(i / columns);
    sums[at] = (sums[at] ?? 0) + Math.abs(entry);
  }
  return sums.reduce((max, sum) => Math.max(max, sum), 0);
}
