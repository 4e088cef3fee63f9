import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { knownSize } from '../../../core/axes.ts';
import type { Shape } from '../../../core/shape.ts';
import { add, expandDims, multiply, sum, tanh } from '../../ops/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Fields, boolean, constant, number } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { seed } from '../regularization/noise-options.ts';
import { Attention, type AttentionOptions } from './attention.ts';
import type { QueryValueKey } from './query-value-key.ts';

/** Options of {@link AdditiveAttention}. */
export interface AdditiveAttentionOptions extends Omit<AttentionOptions, 'scoreMode'> {
  /** Whether the sum has a trainable factor for each feature. @default true */
  useScale?: boolean | undefined;
}

const ORDER = ['useScale', 'dropout'] as const;

/**
 * Additive attention, also called Bahdanau attention: like {@link Attention}, with other scores.
 *
 *     scores[t, s] = Σᵢ scaleᵢ · tanh(query[t, i] + key[s, i])
 *
 * Shapes: as those of {@link Attention}.
 * @throws ValueError if the input is not a list of two or three.
 * @example
 * const [query, value] = [tensor([[[0, 0]]]), tensor([[[1, 1], [1, 1]]])];
 * await new layers.AdditiveAttention().apply([query, value]);    // [[[1, 1]]]
 * @see https://keras.io/api/layers/attention_layers/additive_attention/
 */
export class AdditiveAttention extends Attention {
  static override readonly className: string = 'AdditiveAttention';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    useScale: boolean(true),
    scoreMode: constant('dot'),
    dropout: number(0, { min: 0, max: 1 }),
    seed,
  };

  constructor(...args: Arguments<AdditiveAttentionOptions, typeof ORDER>);
  constructor(options?: AdditiveAttentionOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  protected override makeScale(queryShape: Shape): Variable {
    const shape = [knownSize(queryShape, queryShape.length - 1, this.who)];
    return this.addWeight({ name: 'scale', shape, initializer: 'glorot_uniform' });
  }

  protected override calculateScores({ query, key }: QueryValueKey<Value>, context: CallContext): Value {
    const bounded = tanh(add(expandDims(query, -2), expandDims(key, -3)));
    return sum(this.scale === null ? bounded : multiply(context.read(this.scale), bounded), { axis: -1 });
  }
}
