import { type DType, allocate, convert } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { type KnownShape, showShape, sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { type Fields, number } from '../saving/fields.ts';
import { RandomInitializer, type SeedOption } from './random-initializer.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link Orthogonal}. */
export interface OrthogonalOptions extends SeedOption {
  /** The factor of the matrix. @default 1 */
  gain?: number;
}

/**
 * `gain` times a matrix with orthonormal columns, or orthonormal rows if it has fewer rows than columns, drawn from the
 * uniform distribution over all such matrices.
 *
 * Shapes: rank 2 or more; all axes but the last are flattened into the rows.
 * @throws ValueError if the shape has a lower rank.
 * @example
 * const w = new Orthogonal({ gain: 2, seed: 1 }).call([3, 2]);
 * await jit((w) => ops.matmul(ops.transpose(w), w))(w);   // about [[4, 0], [0, 4]]
 * @see https://arxiv.org/abs/1312.6120
 */
export class Orthogonal extends RandomInitializer {
  static override readonly className: string = 'Orthogonal';
  static override readonly positional = ['gain', 'seed'] as const;
  static override readonly fields: Fields = { ...RandomInitializer.fields, gain: number(1) };

  /** The factor of the matrix. */
  declare readonly gain: number;

  constructor(...args: Arguments<OrthogonalOptions, typeof Orthogonal.positional>);
  constructor(options?: OrthogonalOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override checkShape(shape: KnownShape): void {
    if (shape.length < 2) {
      throw new ValueError(`[Orthogonal] the shape must have rank ≥ 2. Received: shape=${showShape(shape)}.`);
    }
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    this.checkShape(shape);
    const columns = shape.at(-1) ?? 0;
    const rows = sizeOf(shape.slice(0, -1));
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const drawn = this.fill([count, length], 'float64', (stream) => stream.nextNormal());
    const vectors = orthonormal(drawn.data, count, length);
    const data = allocate('float64', rows * columns);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < length; j++) {
        // The vectors are the columns of a tall matrix, the rows of a wide one.
        const at = rows >= columns ? j * columns + i : i * columns + j;
        data[at] = this.gain * (vectors[i * length + j] ?? 0);
      }
    }
    return new Tensor(convert(data, dtype), shape, dtype);
  }
}

/**
 * The Gram–Schmidt process on contiguous vectors. A second pass over each makes them orthogonal to the last bits. Signs
 * are kept, which is a QR factorization with a positive diagonal of R: the only one for which the distribution over
 * orthogonal matrices is uniform.
 */
function orthonormal(source: ArrayLike<number>, count: number, length: number): Float64Array {
  const vectors = Float64Array.from(source);
  for (let i = 0; i < count; i++) {
    const current = vectors.subarray(i * length, (i + 1) * length);
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < i; k++) {
        const previous = vectors.subarray(k * length, (k + 1) * length);
        subtractMultiple(current, previous, dot(current, previous));
      }
    }
    const norm = Math.sqrt(dot(current, current));
    for (let j = 0; j < length; j++) current[j] = (current[j] ?? 0) / norm;
  }
  return vectors;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function subtractMultiple(target: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) - factor * (other[i] ?? 0);
}
