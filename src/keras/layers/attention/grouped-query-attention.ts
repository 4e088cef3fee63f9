import type { Value } from '../../../compiler/ir/value.ts';
import { knownSize } from '../../../core/axes.ts';
import { ValueError } from '../../../core/errors.ts';
import { repeat } from '../../ops/index.ts';
import type { Regularizer } from '../../regularizers/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import type { Fields } from '../../saving/fields.ts';
import type { InputShape } from '../base/input-shape.ts';
import { positive } from '../base/option-fields.ts';
import {
  BaseMultiHeadAttention,
  type BaseMultiHeadAttentionOptions,
  attentionFields,
  projectionFields,
} from './base-multi-head-attention.ts';
import { projectionOf } from './head-projections.ts';
import { seed } from '../regularization/noise-options.ts';
import { readShapes } from './query-value-key.ts';

/** Options of {@link GroupQueryAttention}. */
export type GroupQueryAttentionOptions = BaseMultiHeadAttentionOptions;

const ORDER = ['headDim', 'numQueryHeads', 'numKeyValueHeads'] as const;

type Required = Readonly<Record<(typeof ORDER)[number], number>>;

/**
 * Attention of several heads, in which groups of heads of the query share a head of key and value. With one of these it is
 * multi-query attention; with as many as of the query, it is {@link MultiHeadAttention}.
 *
 * Inputs and options of a call are those of {@link MultiHeadAttention}.
 *
 * Shapes: query `[batch, T, n]`, value and key `[batch, S, m]` → `[batch, T, n]`; scores `[batch, numQueryHeads, T, S]`.
 *
 * @throws ValueError if numQueryHeads is not a multiple of numKeyValueHeads, or dropout is not 0 with flashAttention.
 * @example
 * const x = Input({ shape: [8, 16] });
 * const layer = new layers.GroupQueryAttention(4, 6, 2);
 * layer.apply([x, x]).shape;     // [null, 8, 16]
 * layer.keyDense.kernel.shape;   // [16, 2, 4]
 * @see https://keras.io/api/layers/attention_layers/group_query_attention/
 * @see https://arxiv.org/abs/2305.13245
 */
export class GroupQueryAttention extends BaseMultiHeadAttention {
  static override readonly className: string = 'GroupQueryAttention';
  /** The name of Keras's class, after which files name it. */
  static readonly kerasClassName = 'GroupedQueryAttention';
  static override readonly positional: readonly string[] = ORDER;
  /** The attributes of the nested layers in Keras. */
  static readonly kerasAttributes: Readonly<Record<string, string>> = {
    queryDense: '_query_dense',
    keyDense: '_key_dense',
    gateDense: '_gate_dense',
    valueDense: '_value_dense',
    outputDense: '_output_dense',
  };
  static override readonly fields: Fields = {
    headDim: positive(),
    numQueryHeads: positive(),
    numKeyValueHeads: positive(),
    useBias: attentionFields.useBias,
    useGate: attentionFields.useGate,
    slidingWindow: attentionFields.slidingWindow,
    flashAttention: attentionFields.flashAttention,
    dropout: attentionFields.dropout,
    ...projectionFields,
    seed,
  };

  /** The size of each head. */
  declare readonly headDim: number;
  /** The number of heads of the query. */
  declare readonly numQueryHeads: number;
  /** The number of heads of key and value. */
  declare readonly numKeyValueHeads: number;

  constructor(...args: Arguments<GroupQueryAttentionOptions & Required, typeof ORDER>);
  constructor(headDim: number, numQueryHeads: number, numKeyValueHeads: number, options?: GroupQueryAttentionOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    const { numQueryHeads, numKeyValueHeads } = this;
    if (numQueryHeads % numKeyValueHeads !== 0) {
      throw new ValueError(
        `[${this.who}] numQueryHeads must be divisible by numKeyValueHeads. Received: numQueryHeads=${numQueryHeads}, numKeyValueHeads=${numKeyValueHeads}.`,
      );
    }
  }

  protected override get headSize(): number {
    return this.headDim;
  }

  protected override get projectionPenalty(): Regularizer | null {
    return this.activityRegularizer;
  }

  protected override get readsQueryMaskOfInput(): boolean {
    return false;
  }

  protected override axesFor(): readonly number[] {
    return [1];
  }

  protected override repeatHeads(projected: Value): Value {
    return repeat(projected, this.numQueryHeads / this.numKeyValueHeads, { axis: 2 });
  }

  override build(inputShape: InputShape): void {
    const { query, value, key } = readShapes(inputShape, this.who);
    const { headDim, numQueryHeads, numKeyValueHeads } = this;
    const shapes = { query, key, gate: query, value };
    const make = (name: keyof typeof shapes, heads: number, isGate = false): typeof this.queryDense => {
      const dense = this.makeProjection(name, projectionOf(3, 1, [heads, headDim]), isGate ? 'sigmoid' : null);
      dense.build(shapes[name]);
      return dense;
    };
    this.queryDense = make('query', numQueryHeads);
    this.keyDense = make('key', numKeyValueHeads);
    this.gateDense = this.useGate ? make('gate', numQueryHeads, true) : null;
    this.valueDense = make('value', numKeyValueHeads);
    const features = knownSize(query, query.length - 1, this.who);
    this.outputDense = this.makeProjection('attention_output', projectionOf(4, 2, [features]));
    this.outputDense.build([null, null, numQueryHeads, headDim]);
  }
}
