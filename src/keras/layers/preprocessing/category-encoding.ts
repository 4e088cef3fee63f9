import { ValueError } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Tree } from '../../../core/tree.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import * as ops from '../../ops/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Field, type Fields, boolean, field, under } from '../../saving/fields.ts';
import { checkChoice } from '../../../core/checks.ts';
import type { InputShape } from '../base/input-shape.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import type { KerasCall } from '../base/traits.ts';
import { positive } from '../base/option-fields.ts';
import { encodeInGraph, encodedShape } from './encode-categories.ts';
import { denseOnly } from './token-fields.ts';

/** Options of {@link CategoryEncoding}. */
export interface CategoryEncodingOptions extends LayerOptions {
  /** A one at the index of each integer, a one at each index of a row, or the counts of a row. @default 'multi_hot' */
  outputMode?: 'one_hot' | 'multi_hot' | 'count' | undefined;
  /** Whether the result is sparse, which is not supported. @default false */
  sparse?: false | undefined;
}

type Mode = 'one_hot' | 'multi_hot' | 'count';

const outputMode: Field<Mode> = field({
  byDefault: 'multi_hot',
  read: (who, option, given) => {
    return checkChoice<Mode>(who, option, given === 'binary' ? 'multi_hot' : given, ['one_hot', 'multi_hot', 'count']);
  },
});

/**
 * Encodes integers in [0, numTokens): `one_hot` each by itself, `multi_hot` the set of a row, `count` the counts of a row, or
 * the sums of the weights, which are the option `countWeights`, or the second of a list `[integers, weights]`. Integers out of range count for nothing.
 *
 * Shapes: `[batch, tokens]` → `[batch, numTokens]`, or, for `one_hot`, `[batch, tokens, numTokens]`; a last axis of size 1 is
 * replaced.
 * @throws ValueError if `numTokens` is not positive, or weights are given with another mode than `count`.
 * @example
 * await new CategoryEncoding(3, { outputMode: 'count' }).apply([[0, 2, 2]]);    // [[1, 0, 2]]
 * @see https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/
 */
export class CategoryEncoding extends Layer {
  static override readonly className: string = 'CategoryEncoding';
  static override readonly positional = ['numTokens', 'outputMode', 'sparse'] as const;
  static override readonly kerasCall: KerasCall = { tensors: ['countWeights'] };
  static override readonly fields: Fields = {
    numTokens: positive(),
    outputMode,
    sparse: under(null, denseOnly(boolean(false))),
  };

  override built = true;
  /** The number of categories. */
  declare readonly numTokens: number;
  /** The form of the result. */
  declare readonly outputMode: Mode;
  /** False: there are no sparse tensors. */
  declare readonly sparse: false;

  constructor(...args: Arguments<CategoryEncodingOptions & { numTokens: number }, typeof CategoryEncoding.positional>);
  constructor(numTokens: number, options?: CategoryEncodingOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(inputs: Tree<Value>, { options }: CallContext): Value {
    const [indices, listed = null] = isValue(inputs) ? [inputs] : (inputs as readonly Value[]);
    const weights = (options['countWeights'] as Value | null | undefined) ?? listed;
    if (weights !== null && this.outputMode !== 'count') {
      throw new ValueError(
        `[${this.who}] weights can be given with outputMode "count" only. Received: outputMode="${this.outputMode}".`,
      );
    }
    const given = ops.cast(indices ?? 0, 'int32');
    return encodeInGraph(given, this.outputMode, this.numTokens, this.dtype, weights);
  }

  override computeOutputShape(inputShape: InputShape): Shape {
    return encodedShape(this.checkedShape(inputShape as Shape), this.outputMode, this.numTokens);
  }
}
