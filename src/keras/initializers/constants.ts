import type { Config } from '../../core/config.ts';
import { type DType, allocate } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { checkNumber, checkOptions } from '../../core/checks.ts';
import { type KnownShape, showShape, sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { Initializer } from './initializer.ts';

function filled(shape: KnownShape, dtype: DType, value: number): Tensor {
  const data = allocate(dtype, sizeOf(shape));
  return new Tensor(data.fill(dtype === 'bool' ? Number(value !== 0) : value), shape, dtype);
}

/**
 * All zeros.
 *
 * @example
 * new Zeros().call([2, 3]);   // [[0, 0, 0], [0, 0, 0]]
 * @see https://keras.io/api/layers/initializers/#zeros-class
 */
export class Zeros extends Initializer {
  constructor(options: Readonly<Record<never, never>> = {}) {
    super();
    checkOptions('Zeros', options, []);
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    return filled(shape, dtype, 0);
  }
}

/**
 * All ones.
 *
 * @example
 * new Ones().call([2, 3]);   // [[1, 1, 1], [1, 1, 1]]
 * @see https://keras.io/api/layers/initializers/#ones-class
 */
export class Ones extends Initializer {
  constructor(options: Readonly<Record<never, never>> = {}) {
    super();
    checkOptions('Ones', options, []);
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    return filled(shape, dtype, 1);
  }
}

/**
 * One number everywhere.
 *
 * @throws TypeError if the value is no finite number.
 * @example
 * new Constant({ value: 0.5 }).call([3]);   // [0.5, 0.5, 0.5]
 * @see https://keras.io/api/layers/initializers/#constant-class
 */
export class Constant extends Initializer {
  /** The number. */
  readonly value: number;

  constructor(options: { /** The number. @default 0 */ value?: number } = {}) {
    super();
    checkOptions('Constant', options, ['value']);
    this.value = checkNumber('Constant', 'value', options.value ?? 0);
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    return filled(shape, dtype, this.value);
  }

  override getConfig(): Config {
    return { value: this.value };
  }
}

/**
 * `gain` on the diagonal of a matrix, zeros elsewhere.
 *
 * Shapes: rank 2 only; it need not be square.
 * @throws ValueError if the shape has another rank.
 * @example
 * new Identity({ gain: 2 }).call([2, 2]);   // [[2, 0], [0, 2]]
 * @see https://keras.io/api/layers/initializers/#identity-class
 */
export class Identity extends Initializer {
  /** What stands on the diagonal. */
  readonly gain: number;

  constructor(options: { /** What stands on the diagonal. @default 1 */ gain?: number } = {}) {
    super();
    checkOptions('Identity', options, ['gain']);
    this.gain = checkNumber('Identity', 'gain', options.gain ?? 1);
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    const [rows, columns] = shape;
    if (rows === undefined || columns === undefined || shape.length !== 2) {
      throw new ValueError(
        `[Identity] the shape must be that of a matrix, of rank 2. Received: shape=${showShape(shape)}.`,
      );
    }
    const data = allocate(dtype, rows * columns);
    for (let i = 0; i < Math.min(rows, columns); i++) data[i * columns + i] = this.gain;
    return new Tensor(data, shape, dtype);
  }

  /** Keras never writes the gain; here it is written where it is not 1, which Keras reads. */
  override getConfig(): Config {
    return this.gain === 1 ? {} : { gain: this.gain };
  }
}
