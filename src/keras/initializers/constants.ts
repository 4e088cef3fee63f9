import { type DType, allocate } from '../../core/dtype.ts';
import { isArrayJson, readArrayJson, writeArrayJson } from '../../core/array-json.ts';
import { checkNumber } from '../../core/checks.ts';
import type { Json } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { type KnownShape, broadcastShapes, sameShape, showShape, sizeOf } from '../../core/shape.ts';
import {
  type NestedArray,
  Tensor,
  type TensorLike,
  broadcastTo,
  isArrayLike,
  isTensor,
  tensor,
} from '../../core/tensor.ts';
import { unlessDefault } from '../saving/field-kinds.ts';
import { type Field, type Fields, field, number } from '../saving/fields.ts';
import type { NoOptions } from '../saving/configurable.ts';
import { Initializer } from './initializer.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

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
  static override readonly className: string = 'Zeros';

  constructor(options: NoOptions = {}) {
    super(options);
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
  static override readonly className: string = 'Ones';

  constructor(options: NoOptions = {}) {
    super(options);
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    return filled(shape, dtype, 1);
  }
}

/** Options of {@link Constant}. */
export interface ConstantOptions {
  /** The value of every element, or an array that broadcasts to the shape. @default 0 */
  value?: TensorLike;
}

/** A number, nested lists of numbers, or an array whose dtype configs contain, as in Keras. */
const constantValue: Field = {
  ...field({
    byDefault: 0,
    read: (who, option, given): unknown => {
      if (typeof given === 'number') return checkNumber(who, option, given);
      if (isArrayJson(given)) return readArrayJson(who, given);
      if (isArrayLike(given)) return tensor(given);
      if (Array.isArray(given)) return tensor(given as TensorLike).toArray();
      throw new TypeError(
        `[${who}] ${option} must be a finite number or an array of numbers. Received: ${option}=${show(given)}.`,
      );
    },
    write: (value): Json => (isTensor(value) ? writeArrayJson(value) : (value as Json)),
  }),
  keepsArrays: true,
};

/**
 * One number for every element, or an array that broadcasts to the shape.
 *
 * @throws TypeError if the value is neither a finite number nor an array of numbers; ValueError from `call` if the array
 * does not broadcast to the shape.
 * @example
 * new Constant({ value: 0.5 }).call([3]);          // [0.5, 0.5, 0.5]
 * new Constant({ value: [1, 2] }).call([2, 2]);    // [[1, 2], [1, 2]]
 * @see https://keras.io/api/layers/initializers/#constant-class
 */
export class Constant extends Initializer {
  static override readonly className: string = 'Constant';
  static override readonly positional = ['value'] as const;
  static override readonly fields: Fields = { value: constantValue };

  /** The value of every element, or an array that broadcasts to the shape. */
  declare readonly value: number | NestedArray | Tensor;

  constructor(...args: Arguments<ConstantOptions, typeof Constant.positional>);
  constructor(options?: ConstantOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    if (typeof this.value === 'number') return filled(shape, dtype, this.value);
    const values = tensor(this.value, undefined, isTensor(this.value) ? undefined : 'float64');
    const fits = broadcastShapes(values.shape, shape);
    if (fits === null || !sameShape(fits, shape)) {
      throw new ValueError(
        `[Constant] value must broadcast to the shape ${showShape(shape)}. Received: value of shape ${showShape(values.shape)}.`,
      );
    }
    return tensor(broadcastTo(values, shape), undefined, dtype);
  }
}

/** Options of {@link Identity}. */
export interface IdentityOptions {
  /** The value of the elements on the diagonal. @default 1 */
  gain?: number;
}

/**
 * `gain` on the diagonal of a matrix, zeros elsewhere.
 *
 * Shapes: rank 2; the matrix need not be square.
 * @throws ValueError if the shape has another rank.
 * @example
 * new Identity({ gain: 2 }).call([2, 2]);   // [[2, 0], [0, 2]]
 * @see https://keras.io/api/layers/initializers/#identity-class
 */
export class Identity extends Initializer {
  static override readonly className: string = 'Identity';
  static override readonly positional = ['gain'] as const;
  static override readonly fields: Fields = { gain: unlessDefault(number(1)) };

  /** The value of the elements on the diagonal. */
  declare readonly gain: number;

  constructor(...args: Arguments<IdentityOptions, typeof Identity.positional>);
  constructor(options?: IdentityOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override checkShape(shape: KnownShape): void {
    if (shape.length !== 2) {
      throw new ValueError(`[Identity] the shape must have rank 2. Received: shape=${showShape(shape)}.`);
    }
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    this.checkShape(shape);
    const [rows = 0, columns = 0] = shape;
    const data = allocate(dtype, rows * columns);
    for (let i = 0; i < Math.min(rows, columns); i++) data[i * columns + i] = this.gain;
    return new Tensor(data, shape, dtype);
  }
}
