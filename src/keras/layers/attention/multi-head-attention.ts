import { canonicalAxes } from '../../../core/axes.ts';
import type { Config } from '../../../core/config.ts';
import { isKnown } from '../../../core/shape.ts';
import { ValueError } from '../../../core/errors.ts';
import { regularizer } from '../../regularizers/field.ts';
import type { Regularizer } from '../../regularizers/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Fields, keptAs, nullable } from '../../saving/fields.ts';
import type { InputShape } from '../base/input-shape.ts';
import { type AxisOption, axes, axesOf, positive, sizes } from '../base/option-fields.ts';
import {
  BaseMultiHeadAttention,
  type BaseMultiHeadAttentionOptions,
  attentionFields,
  projectionFields,
} from './base-multi-head-attention.ts';
import { projectionOf } from './head-projections.ts';
import { seed } from '../regularization/noise-options.ts';
import { readShapes } from './query-value-key.ts';

/** Options of {@link MultiHeadAttention}. */
export interface MultiHeadAttentionOptions extends BaseMultiHeadAttentionOptions {
  /** The size of each head of the value. @default null, keyDim */
  valueDim?: number | null | undefined;
  /** The size of the output's last axis, or its last axes. @default null, that of the query */
  outputShape?: number | readonly number[] | null | undefined;
  /** The axes that are attended along. @default null, all but the batch and the last */
  attentionAxes?: AxisOption | null | undefined;
}

const ORDER = ['numHeads', 'keyDim'] as const;

/**
 * Attention of several heads: query, key and value are projected for each head, each head attends, and the heads are
 * projected together.
 *
 *     yₕ = softmax(Qₕ Kₕᵀ / √keyDim) Vₕ,    Qₕ = query · W_Qₕ + b_Qₕ, …
 *     y  = Σₕ yₕ · W_Oₕ + b_O
 *
 * The inputs are a list `[query, value]`, or `[query, value, key]`; without a key the value is the key. A call also accepts
 * `attentionMask` `[batch, T, S]`, `valueMask` and `keyMask` `[batch, S]`, true for what is attended to, `useCausalMask`,
 * and `returnAttentionScores`, with which it returns `[y, scores]`. Masks that the inputs carry are applied as well; that
 * of the query is passed on. As in Keras 3.15.1, `queryMask` is accepted and has no effect beside them.
 *
 * Shapes: query `[batch, …T, n]`, value `[batch, …S, m]`, key `[batch, …S, k]` → `[batch, …T, …outputShape]`; scores
 * `[batch, heads, …T, …S]`. Kernels are `[n, heads, keyDim]`, `[k, heads, keyDim]`, `[m, heads, valueDim]` and
 * `[heads, valueDim, …outputShape]`.
 *
 * @throws ValueError if a size is not positive, an axis does not exist, or dropout is not 0 with flashAttention.
 * @example
 * const [x, y] = [Input({ shape: [8, 16] }), Input({ shape: [4, 16] })];
 * const layer = new layers.MultiHeadAttention(2, 3);
 * layer.apply([x, y]).shape;                                                      // [null, 8, 16]
 * layer.apply([x, y], { returnAttentionScores: true, useCausalMask: true })[1].shape;    // [null, 2, 8, 4]
 * @see https://keras.io/api/layers/attention_layers/multi_head_attention/
 * @see https://arxiv.org/abs/1706.03762
 */
export class MultiHeadAttention extends BaseMultiHeadAttention {
  static override readonly className: string = 'MultiHeadAttention';
  static override readonly positional: readonly string[] = ORDER;
  /** The attributes of the nested layers in Keras. */
  static readonly kerasAttributes: Readonly<Record<string, string>> = { gateDense: '_gate_dense' };
  static override readonly fields: Fields = {
    numHeads: positive(),
    keyDim: positive(),
    valueDim: nullable(positive()),
    dropout: attentionFields.dropout,
    useBias: attentionFields.useBias,
    useGate: attentionFields.useGate,
    outputShape: keptAs('projectedShape', nullable(sizes())),
    attentionAxes: nullable(axes()),
    slidingWindow: attentionFields.slidingWindow,
    flashAttention: attentionFields.flashAttention,
    ...projectionFields,
    activityRegularizer: keptAs('outputPenalty', regularizer()),
    seed,
  };

  /** The number of heads. */
  declare readonly numHeads: number;
  /** The size of each head of query and key. */
  declare readonly keyDim: number;
  /** The size of each head of the value; null for keyDim. */
  declare readonly valueDim: number | null;
  /** The sizes of the output's last axes; null for that of the query. */
  declare readonly projectedShape: readonly number[] | null;
  /** The axes that are attended along; null for all but the batch and the last. */
  declare readonly attentionAxes: AxisOption | null;
  /** The penalty on the output of each projection. */
  declare readonly outputPenalty: Regularizer | null;
  /** The output itself has no penalty but that of its projection. */
  override readonly activityRegularizer: Regularizer | null = null;

  constructor(...args: Arguments<MultiHeadAttentionOptions & { numHeads: number; keyDim: number }, typeof ORDER>);
  constructor(numHeads: number, keyDim: number, options?: MultiHeadAttentionOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  protected override get headSize(): number {
    return this.keyDim;
  }

  protected override get projectionPenalty(): Regularizer | null {
    return this.outputPenalty;
  }

  protected override get readsQueryMaskOfInput(): boolean {
    return true;
  }

  protected override axesFor(rank: number): readonly number[] {
    const { attentionAxes } = this;
    if (attentionAxes === null) return Array.from({ length: rank - 3 }, (_, i) => i + 1);
    // Keras counts negative axes from the last axis of the input, which the projection splits into two.
    return canonicalAxes(axesOf(attentionAxes), rank - 1, this.who, 'attentionAxes');
  }

  override build(inputShape: InputShape): void {
    const { query, value, key } = readShapes(inputShape, this.who);
    const { numHeads, keyDim, valueDim } = this;
    this.axesFor(value.length + 1);
    const valueSize = valueDim ?? keyDim;
    const features = this.projectedShape ?? query.slice(-1);
    if (!isKnown(features)) {
      throw new ValueError(`[${this.who}] the size of the last axis of the query must be known. Received: null.`);
    }
    const inputs = {
      query: [query, keyDim],
      key: [key, keyDim],
      gate: [query, valueSize],
      value: [value, valueSize],
    } as const;
    const make = (name: keyof typeof inputs, isGate = false): typeof this.queryDense => {
      const [shape, size] = inputs[name];
      const dense = this.makeProjection(
        name,
        projectionOf(shape.length, 1, [numHeads, size]),
        isGate ? 'sigmoid' : null,
      );
      dense.build(shape);
      return dense;
    };
    this.queryDense = make('query');
    this.keyDense = make('key');
    this.gateDense = this.useGate ? make('gate', true) : null;
    this.valueDense = make('value');
    this.outputDense = this.makeProjection('attention_output', projectionOf(query.length + 1, 2, features));
    this.outputDense.build([...query.slice(0, -1), numHeads, valueSize]);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), value_dim: this.valueDim ?? this.keyDim };
  }
}
