import type { Value } from '../../../compiler/ir/value.ts';
import { ValueError } from '../../../core/errors.ts';
import type { Tensor, TensorLike } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';
import type { ActivationIdentifier } from '../../activations/index.ts';
import type { Constraint, ConstraintIdentifier } from '../../constraints/index.ts';
import { type Initializer, type InitializerIdentifier, RandomInitializer } from '../../initializers/index.ts';
import { dotProductAttention, einsum, multiply, softmax } from '../../ops/index.ts';
import type { Regularizer, RegularizerIdentifier } from '../../regularizers/index.ts';
import { type Field, type Fields, boolean, nullable, number, under } from '../../saving/fields.ts';
import { maskedSoftmax } from '../activations/softmax.ts';
import type { Several } from '../base/apply-options.ts';
import type { CallContext } from '../base/call-context.ts';
import type { LayerOptions } from '../base/layer.ts';
import { positive } from '../base/option-fields.ts';
import type { KerasCall } from '../base/traits.ts';
import { weightFields } from '../base/weight-fields.ts';
import { EinsumDense } from '../core/einsum-dense.ts';
import { listOfInputs, masksOf, readList } from '../merging/merged-inputs.ts';
import { Dropout } from '../regularization/dropout.ts';
import { scoreMask, spreadOverHeads } from './attention-mask.ts';
import { type Projection, attentionEquations } from './head-projections.ts';
import { readInputs } from './query-value-key.ts';
import { ScoringLayer, type ScoringOptions } from './scoring-layer.ts';

/** Options of the attention layers with several heads. */
export interface BaseMultiHeadAttentionOptions extends LayerOptions {
  /** The share of the weights of the mean that is dropped in training. @default 0 */
  dropout?: number | undefined;
  /** Whether the projections add a bias. @default true */
  useBias?: boolean | undefined;
  /** The distance from which on keys are not seen; null for no limit. @default null */
  slidingWindow?: number | null | undefined;
  /** Whether a fused operator is preferred, without dropout and scores; the result is the same. @default null */
  flashAttention?: boolean | null | undefined;
  /** The initializer of the kernels. @default 'glorot_uniform' */
  kernelInitializer?: InitializerIdentifier | null | undefined;
  /** The initializer of the biases. @default 'zeros' */
  biasInitializer?: InitializerIdentifier | null | undefined;
  /** A penalty on the kernels. @default null */
  kernelRegularizer?: RegularizerIdentifier | null | undefined;
  /** A penalty on the biases. @default null */
  biasRegularizer?: RegularizerIdentifier | null | undefined;
  /** A penalty on the output of each projection. @default null */
  activityRegularizer?: RegularizerIdentifier | null | undefined;
  /** A constraint on the kernels after each update. @default null */
  kernelConstraint?: ConstraintIdentifier | null | undefined;
  /** A constraint on the biases after each update. @default null */
  biasConstraint?: ConstraintIdentifier | null | undefined;
  /** Whether the output of the heads is multiplied by the sigmoid of a projection of the query. @default false */
  useGate?: boolean | undefined;
  /** A seed that makes the dropout reproducible. @default null, another seed each time */
  seed?: number | null | undefined;
}

/** The names of the tensors of a call. */
export type AttentionMasks = 'queryMask' | 'valueMask' | 'keyMask' | 'attentionMask';

/** The options in a call. */
type Given = {
  readonly [Name in AttentionMasks]: Value | null;
} & { readonly returnAttentionScores: boolean; readonly useCausalMask: boolean };

/** The fields of the dropout, the window and the operator. */
export const attentionFields: Readonly<
  Record<'dropout' | 'useBias' | 'useGate' | 'slidingWindow' | 'flashAttention', Field>
> = {
  dropout: number(0, { min: 0, max: 1 }),
  useBias: boolean(true),
  useGate: boolean(false),
  slidingWindow: nullable(positive()),
  flashAttention: under(null, nullable(boolean())),
};

/** The fields of the weights of all projections. */
export const projectionFields: Fields = weightFields(
  { kernel: 'glorot_uniform', bias: 'zeros' },
  { writesPenalty: true },
);

/** The base of attention layers with several heads: projections of query, key and value, attention, and a projection. */
export abstract class BaseMultiHeadAttention extends ScoringLayer<AttentionMasks> {
  static override readonly kerasCall: KerasCall = {
    inputs: ['query', 'value', 'key'],
    tensors: ['queryMask', 'valueMask', 'keyMask', 'attentionMask'],
    settings: { returnAttentionScores: false, useCausalMask: false },
  };

  override supportsMasking = true;
  /** The share of the weights of the mean that is dropped in training. */
  declare readonly dropout: number;
  /** Whether the projections add a bias. */
  declare readonly useBias: boolean;
  /** Whether the output of the heads is multiplied by the sigmoid of a projection of the query. */
  declare readonly useGate: boolean;
  /** The distance from which on keys are not seen; null for no limit. */
  declare readonly slidingWindow: number | null;
  /** Whether a fused operator is preferred. */
  declare readonly flashAttention: boolean | null;
  declare readonly kernelInitializer: Initializer;
  declare readonly biasInitializer: Initializer;
  declare readonly kernelRegularizer: Regularizer | null;
  declare readonly biasRegularizer: Regularizer | null;
  declare readonly kernelConstraint: Constraint | null;
  declare readonly biasConstraint: Constraint | null;
  /** The seed that makes the dropout reproducible. */
  declare readonly seed: number | null;
  /** The projection of the query; null before the layer is built. */
  queryDense: EinsumDense | null = null;
  /** The projection of the key; null before the layer is built. */
  keyDense: EinsumDense | null = null;
  /** The projection of the query to the gate; null before the layer is built, and without a gate. */
  gateDense: EinsumDense | null = null;
  /** The projection of the value; null before the layer is built. */
  valueDense: EinsumDense | null = null;
  /** The projection of the output; null before the layer is built. */
  outputDense: EinsumDense | null = null;
  readonly #dropout: Dropout;

  constructor(...args: ConstructorParameters<typeof ScoringLayer>) {
    super(...args);
    this.#dropout = new Dropout(this.dropout, { seed: this.seed });
    if (this.flashAttention === true && this.dropout > 0) {
      throw new ValueError(
        `[${this.who}] dropout must be 0 with flashAttention. Received: dropout=${this.dropout}, flashAttention=true.`,
      );
    }
  }

  /** The size of the heads of query and key. */
  protected abstract get headSize(): number;
  /** The penalty on the output of each projection. */
  protected abstract get projectionPenalty(): Regularizer | null;
  /** Whether the mask of the query comes from the query alone, not from the options of the call. */
  protected abstract get readsQueryMaskOfInput(): boolean;

  protected override readArrays(given: TensorLike | Several<Tensor>): Tree<Tensor> {
    return readList(given);
  }

  /** The axes that are attended along, of projected inputs of some rank. */
  protected abstract axesFor(rank: number): readonly number[];

  /** Makes heads of the key or the value fit those of the query. */
  protected repeatHeads(projected: Value): Value {
    return projected;
  }

  /** Makes a projection with the options of the layer. Each has initial values of its own, unless a seed is given. */
  protected makeProjection(
    name: string,
    { equation, outputShape, biasAxes }: Projection,
    activation: ActivationIdentifier | null = null,
  ): EinsumDense {
    const { kernelRegularizer, biasRegularizer, kernelConstraint, biasConstraint, dtypePolicy } = this;
    return new EinsumDense(equation, outputShape, {
      ...{ name, activation, kernelRegularizer, biasRegularizer, kernelConstraint, biasConstraint },
      biasAxes: this.useBias ? biasAxes : null,
      kernelInitializer: copyOf(this.kernelInitializer),
      biasInitializer: copyOf(this.biasInitializer),
      activityRegularizer: this.projectionPenalty,
      dtype: dtypePolicy,
    });
  }

  override call(inputs: Tree<Value>, context: CallContext): Tree<Value> {
    const { query, value, key } = readInputs(inputs, this.who);
    const given = context.options as unknown as Given;
    const { returnAttentionScores: returnsScores, useCausalMask } = given;
    if (returnsScores && this.flashAttention === true) {
      throw new ValueError(`[${this.who}] returnAttentionScores must be false with flashAttention. Received: true.`);
    }
    const [ofQuery = null, ofValue = null, ofKey = null] = masksOf(
      context.trace,
      listOfInputs(inputs, this.who),
      context.mask,
    );
    const sources = {
      queryMask: this.readsQueryMaskOfInput ? ofQuery : (given.queryMask ?? ofQuery),
      valueMask: given.valueMask ?? ofValue,
      keyMask: given.keyMask ?? ofKey,
      attentionMask: given.attentionMask,
      slidingWindow: this.slidingWindow,
    };
    const isCausalOnly = useCausalMask && Object.values(sources).every((source) => source === null);
    const mask = isCausalOnly ? null : scoreMask(query, value, { ...sources, useCausalMask });
    const gate = this.gateDense === null ? null : this.project(this.gateDense, query, context);
    const [q, k, v] = [
      this.project(this.queryDense, query, context),
      this.repeatHeads(this.project(this.keyDense, key, context)),
      this.repeatHeads(this.project(this.valueDense, value, context)),
    ];
    const isFused = this.isFused(q, returnsScores);
    const needed = mask ?? (isFused ? null : scoreMask(query, value, { ...sources, useCausalMask }));
    const [heads, scores] = this.attend([q, k, v], needed, { isCausal: isCausalOnly, returnsScores }, context);
    const output = this.project(this.outputDense, gate === null ? heads : multiply(heads, gate), context);
    return scores !== null && returnsScores ? [output, scores] : output;
  }

  /** Applies one of the projections. @throws ValueError before the layer is built */
  protected project(dense: EinsumDense | null, x: Value, context: CallContext): Value {
    if (dense === null) throw new ValueError(`[${this.who}] the projections are made by build.`);
    return dense.applyIn(context.trace, x, context.training, null) as Value;
  }

  /** Whether the attention of a projected query is one operation, which has no scores. */
  protected isFused(query: Value, returnsScores: boolean): boolean {
    return this.dropout === 0 && !returnsScores && query.rank === 4;
  }

  /**
   * The attention of projected queries, keys and values, and its scores, which are null if they are not computed by themselves.
   * @param mask the boolean mask of the scores `[batch, T, S]`; null for none
   */
  protected attend(
    [query, key, value]: readonly [query: Value, key: Value, value: Value],
    mask: Value | null,
    { isCausal, returnsScores }: { readonly isCausal: boolean; readonly returnsScores: boolean },
    context: CallContext,
  ): readonly [output: Value, scores: Value | null] {
    return this.isFused(query, returnsScores)
      ? [this.#attend(query, key, value, mask, isCausal), null]
      : this.#attendWithScores(query, key, value, mask, context);
  }

  #attend(query: Value, key: Value, value: Value, mask: Value | null, isCausal: boolean): Value {
    const spread = mask === null ? null : spreadOverHeads(mask, 4, 1);
    const { flashAttention } = this;
    return dotProductAttention(query, key, value, {
      ...{ mask: spread, isCausal, flashAttention, scale: 1 / Math.sqrt(this.headSize) },
    });
  }

  #attendWithScores(
    query: Value,
    key: Value,
    value: Value,
    mask: Value | null,
    context: CallContext,
  ): readonly [output: Value, scores: Value] {
    const axes = this.axesFor(query.rank);
    const equations = attentionEquations(query.rank, axes);
    const products = einsum(equations.scores, key, multiply(query, 1 / Math.sqrt(this.headSize)));
    const along = axes.map((_, i) => i - axes.length);
    const scores =
      mask === null
        ? softmax(products, { axis: along })
        : maskedSoftmax(products, spreadOverHeads(mask, products.rank, axes.length), along);
    const dropped = this.#dropout.call(scores, context);
    return [einsum(equations.combine, dropped, value), scores];
  }
}

/** An initializer that draws other numbers, unless it has a seed. */
export const copyOf = (initializer: Initializer): Initializer =>
  initializer instanceof RandomInitializer ? initializer.copy() : initializer;

/** Options of a call of the attention layers with several heads. */
export type MultiHeadAttentionCall<Tensors> = ScoringOptions<AttentionMasks, Tensors>;
