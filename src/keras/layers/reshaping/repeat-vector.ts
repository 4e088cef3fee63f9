import type { Value } from '../../../compiler/ir/value.ts';
import { broadcastTo, expandDims } from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { positive } from '../base/option-fields.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link RepeatVector}. */
export type RepeatVectorOptions = LayerOptions;

/**
 * Repeats each sample n times along a new axis.
 *
 * Shapes: `[batch, features]` → `[batch, n, features]`.
 * @throws ValueError if `n` is not positive, or the input does not have two axes.
 * @example
 * await new RepeatVector(2).apply([[1, 2]]);    // [[[1, 2], [1, 2]]]
 * @see https://keras.io/api/layers/reshaping_layers/repeat_vector/
 */
export class RepeatVector extends Layer {
  static override readonly className: string = 'RepeatVector';
  static override readonly positional = ['n'] as const;
  static override readonly fields: Fields = { n: positive() };

  override built = true;
  /** The number of copies. */
  declare readonly n: number;

  constructor(...args: Arguments<RepeatVectorOptions & { n: number }, typeof RepeatVector.positional>);
  constructor(n: number, options?: RepeatVectorOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { ndim: 2 };
  }

  override call(inputs: Value): Value {
    const [batch = null, features = null] = inputs.shape;
    return broadcastTo(expandDims(inputs, 1), [batch, this.n, features]);
  }
}
