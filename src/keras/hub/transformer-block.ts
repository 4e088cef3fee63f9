import type { Value } from '../../compiler/ir/value.ts';
import type { CallContext } from '../layers/base/call-context.ts';
import type { Dense } from '../layers/core/dense.ts';
import type { LayerNormalization } from '../layers/normalization/layer-normalization.ts';
import type { Dropout } from '../layers/regularization/dropout.ts';
import { add } from '../ops/index.ts';
import { FeedforwardBlock } from './feedforward-block.ts';

/** The base of the encoder and the decoder with attention. */
export abstract class TransformerBlock extends FeedforwardBlock {
  /** The number of heads of each attention. */
  declare readonly numHeads: number;
  /** Whether the input of each part is normalized, not its output. */
  declare readonly normalizeFirst: boolean;
  /** The first dense layer. */
  abstract feedforwardIntermediateDense: Dense | null;
  /** The second dense layer. */
  abstract feedforwardOutputDense: Dense | null;
  /** The normalization of the dense layers. */
  abstract feedforwardLayerNorm: LayerNormalization | null;
  /** The dropout after the dense layers. */
  abstract feedforwardDropout: Dropout | null;

  /** The dense layers with their residual connection and their normalization. */
  protected feedforward(x: Value, context: CallContext): Value {
    const { feedforwardLayerNorm: norm, normalizeFirst } = this;
    const dense = [this.feedforwardIntermediateDense, this.feedforwardOutputDense, this.feedforwardDropout];
    const sum = add(this.through(normalizeFirst ? [norm, ...dense] : dense, x, context), x);
    return normalizeFirst ? sum : this.through([norm], sum, context);
  }
}
