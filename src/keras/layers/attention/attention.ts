import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Tensor, TensorLike } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';
import { causalMask } from '../../ops/nn/attention.ts';
import {
  add,
  cast,
  expandDims,
  logicalAnd,
  matmul,
  multiply,
  softmax,
  subtract,
  sum,
  swapaxes,
  tanh,
  where,
} from '../../ops/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Fields, type GivenOptions, boolean, choice, number } from '../../saving/fields.ts';
import type { Several } from '../base/apply-options.ts';
import type { CallContext } from '../base/call-context.ts';
import type { InputShape } from '../base/input-shape.ts';
import type { LayerOptions } from '../base/layer.ts';
import type { KerasCall } from '../base/traits.ts';
import { listOfInputs, masksInTrace, masksOf, readList } from '../merging/merged-inputs.ts';
import { Dropout } from '../regularization/dropout.ts';
import { seed } from '../regularization/noise-options.ts';
import { type QueryValueKey, readInputs, readShapes } from './query-value-key.ts';
import { ScoringLayer, type ScoringSettings } from './scoring-layer.ts';

/** Options of {@link Attention}. */
export interface AttentionOptions extends LayerOptions {
  /** Whether the scores have a trainable factor. @default false */
  useScale?: boolean | undefined;
  /** The scores: `'dot'`, the products of query and key; or `'concat'`, c · Σ tanh(query + key) with a trainable c. @default 'dot' */
  scoreMode?: 'dot' | 'concat' | undefined;
  /** The share of the weights that is dropped in training. @default 0 */
  dropout?: number | undefined;
  /** A seed that makes the dropout reproducible. @default null, another seed each time */
  seed?: number | null | undefined;
}

/** Is subtracted from the scores that are masked. */
const VERY_LARGE = 1e9;

/**
 * Dot-product attention, also called Luong attention: each query gets the mean of the values, weighted by the similarity
 * of query and key.
 *
 *     y = softmax(scale · Q Kᵀ) V
 *
 * The inputs are a list `[query, value]`, or `[query, value, key]`; without a key the value is the key. A call also accepts
 * `useCausalMask`, and `returnAttentionScores`, with which it returns `[y, weights]`. With the mask of value, masked
 * values do not count; with that of query, masked rows of y are 0: `{ mask: [queryMask, valueMask] }`.
 *
 * Shapes: query `[batch, T, n]`, value `[batch, S, m]`, key `[batch, S, n]` → `[batch, T, m]`; weights `[batch, T, S]`.
 *
 * @throws ValueError if the input is not a list of two or three.
 * @example
 * const [query, value] = [tensor([[[0, 0]]]), tensor([[[1, 3], [5, 7]]])];
 * await new layers.Attention().apply([query, value]);    // [[[3, 5]]]
 * @see https://keras.io/api/layers/attention_layers/attention/
 */
export class Attention extends ScoringLayer<never> {
  static override readonly className: string = 'Attention';
  static override readonly positional: readonly string[] = ['useScale', 'scoreMode', 'dropout', 'seed'];
  static override readonly kerasCall: KerasCall = {
    settings: { returnAttentionScores: false, useCausalMask: false },
  };
  static override readonly fields: Fields = {
    useScale: boolean(false),
    scoreMode: choice(['dot', 'concat'], 'dot'),
    dropout: number(0, { min: 0, max: 1 }),
    seed,
  };

  override supportsMasking = true;
  /** Whether the scores have a trainable factor. */
  declare readonly useScale: boolean;
  /** The function that computes the scores. */
  declare readonly scoreMode: 'dot' | 'concat';
  /** The share of the weights that is dropped in training. */
  declare readonly dropout: number;
  /** The seed that makes the dropout reproducible. */
  declare readonly seed: number | null;
  #scale: Variable | null = null;
  #concatScoreWeight: Variable | null = null;
  readonly #dropout: Dropout;

  constructor(options: object, positional: GivenOptions);
  constructor(...args: Arguments<AttentionOptions, readonly ['useScale', 'scoreMode', 'dropout', 'seed']>);
  constructor(options?: AttentionOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.#dropout = new Dropout(this.dropout, { seed: this.seed });
  }

  /** The factor of the scores; null for none, and before the layer is built. */
  get scale(): Variable | null {
    return this.#scale;
  }

  protected override readArrays(given: TensorLike | Several<Tensor>): Tree<Tensor> {
    return readList(given);
  }

  override build(inputShape: InputShape): void {
    const { query } = readShapes(inputShape, this.who);
    this.#scale = this.useScale ? this.makeScale(query) : null;
    if (this.scoreMode !== 'concat') return;
    this.#concatScoreWeight = this.addWeight({ name: 'concat_score_weight', shape: [], initializer: 'ones' });
  }

  /** Makes the factor of the scores. */
  protected makeScale(_queryShape: Shape): Variable {
    return this.addWeight({ name: 'scale', shape: [], initializer: 'ones' });
  }

  /** The scores `[batch, T, S]` of query and key. */
  protected calculateScores({ query, key }: QueryValueKey<Value>, context: CallContext): Value {
    const scale = this.#scale === null ? null : context.read(this.#scale);
    if (this.#concatScoreWeight === null) {
      const scores = matmul(query, swapaxes(key, -2, -1));
      return scale === null ? scores : multiply(scores, scale);
    }
    const sums = add(expandDims(query, -2), expandDims(key, -3));
    const bounded = tanh(scale === null ? sums : multiply(scale, sums));
    return multiply(context.read(this.#concatScoreWeight), sum(bounded, { axis: -1 }));
  }

  override call(inputs: Tree<Value>, context: CallContext): Tree<Value> {
    const { useCausalMask, returnAttentionScores } = context.options as Required<ScoringSettings>;
    const parts = readInputs(inputs, this.who);
    const [queryMask = null, valueMask = null] = masksOf(context.trace, listOfInputs(inputs, this.who), context.mask);
    const scores = this.calculateScores(parts, context);
    const mask = joinMasks(
      valueMask,
      useCausalMask ? causalMask(scores.shape.at(-2) ?? null, scores.shape.at(-1) ?? null) : null,
    );
    const masked = mask === null ? scores : where(mask, scores, subtract(scores, VERY_LARGE));
    const weights = softmax(masked);
    const dropped = this.#dropout.call(weights, context);
    const mean = matmul(dropped, parts.value);
    const output = queryMask === null ? mean : where(expandDims(cast(queryMask, 'bool'), -1), mean, 0);
    return returnAttentionScores === true ? [output, dropped] : output;
  }

  override computeMask(inputs: Tree<Value>, mask: Value | null): Value | null {
    return masksInTrace(listOfInputs(inputs, this.who), mask)[0] ?? null;
  }
}

/** The mask of the scores, from a mask of the values and a mask of the positions. */
function joinMasks(valueMask: Value | null, causal: Value | null): Value | null {
  const spread = valueMask === null ? null : expandDims(cast(valueMask, 'bool'), -2);
  if (spread === null || causal === null) return spread ?? causal;
  return logicalAnd(spread, causal);
}
