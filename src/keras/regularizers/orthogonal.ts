import { ValueError } from '../../core/errors.ts';
import { showShape } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { type Operand, toFloat } from '../../compiler/builder/operand.ts';
import { abs, maximum, multiply, rsqrt, square, matmul, transpose, sum } from '../ops/index.ts';
import { type Fields, choice } from '../saving/fields.ts';
import { float32Factor } from './factor.ts';
import { Regularizer } from './regularizer.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link OrthogonalRegularizer}. */
export interface OrthogonalRegularizerOptions {
  /** The factor of the mean. @default 0.01 */
  factor?: number;
  /** The vectors that should be orthogonal. @default 'rows' */
  mode?: 'rows' | 'columns';
}

/**
 * factor · the mean of |cos ∠(v, w)| over all pairs of rows, or columns, of a matrix.
 *
 * Shapes: a matrix → a scalar.
 * @throws ValueError if x has another rank, or the factor is negative or not finite.
 * @example
 * const penalty = new OrthogonalRegularizer({ factor: 1 });
 * await jit((x) => penalty.call(x))([[1, 0], [3, 4]]);   // 0.6
 * @see https://keras.io/api/layers/regularizers/#orthogonalregularizer-class
 */
export class OrthogonalRegularizer extends Regularizer {
  static override readonly className: string = 'OrthogonalRegularizer';
  static override readonly positional = ['factor', 'mode'] as const;
  static override readonly fields: Fields = { factor: float32Factor(0.01), mode: choice(['rows', 'columns'], 'rows') };

  /** The factor of the mean, rounded to float32 as in Keras. */
  declare readonly factor: number;
  /** The vectors that should be orthogonal. */
  declare readonly mode: 'rows' | 'columns';

  constructor(...args: Arguments<OrthogonalRegularizerOptions, typeof OrthogonalRegularizer.positional>);
  constructor(options?: OrthogonalRegularizerOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(x: Operand): Value {
    const value = toFloat(x);
    const rows = this.mode === 'rows';
    const size = value.shape[rows ? 0 : 1] ?? null;
    if (value.rank !== 2 || size === null) {
      throw new ValueError(
        `[OrthogonalRegularizer] x must have rank 2 and a known size. Received: x of shape ${showShape(value.shape)}.`,
      );
    }
    const squares = sum(square(value), { axis: rows ? 1 : 0, keepdims: true });
    // Vectors are lengthened by a factor of 1e7 at most.
    const unit = multiply(value, rsqrt(maximum(squares, 1e-14)));
    const cosines = rows ? matmul(unit, transpose(unit)) : matmul(transpose(unit), unit);
    const pairs = (size * (size - 1)) / 2;
    return multiply(sum(abs(multiply(cosines, offDiagonal(size)))), (this.factor * 0.5) / pairs);
  }
}

/** Ones, with zeros on the diagonal. */
function offDiagonal(size: number): Tensor {
  const data = new Uint8Array(size * size).fill(1);
  for (let i = 0; i < size; i++) data[i * (size + 1)] = 0;
  return new Tensor(data, [size, size]);
}
