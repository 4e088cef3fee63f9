import type { Value } from '../../../compiler/ir/value.ts';
import type { Tensor, TensorLike } from '../../../core/tensor.ts';
import type { KerasTensor } from '../../ops/base/keras-tensor.ts';
import type { ApplyOptions, Several } from '../base/apply-options.ts';
import { Layer } from '../base/layer.ts';

/** Settings of a call of an attention layer. */
export interface ScoringSettings {
  /** Whether the weights of the mean are returned as well, as the second of two results. @default false */
  returnAttentionScores?: boolean | undefined;
  /** Whether a position attends to itself and to positions before it only. @default false */
  useCausalMask?: boolean | undefined;
}

/** Options of a call of an attention layer that has tensors under these names. */
export type ScoringOptions<Names extends string, Tensors> = ApplyOptions<Tensors> &
  ScoringSettings & { readonly [Name in Names]?: Tensors | null | undefined };

type WithScores<Names extends string, Tensors> = ScoringOptions<Names, Tensors> & {
  readonly returnAttentionScores: true;
};

/** The base of layers that return a mean of values and, if asked, its weights. */
export abstract class ScoringLayer<Names extends string> extends Layer {
  override apply(
    inputs: Several<KerasTensor>,
    options: WithScores<Names, KerasTensor>,
  ): readonly [KerasTensor, KerasTensor];
  override apply(inputs: Several<Value>, options: WithScores<Names, Value>): readonly [Value, Value];
  override apply(inputs: Several<Tensor>, options: WithScores<Names, TensorLike>): Promise<readonly [Tensor, Tensor]>;
  override apply(inputs: KerasTensor | Several<KerasTensor>, options?: ScoringOptions<Names, KerasTensor>): KerasTensor;
  override apply(inputs: Value | Several<Value>, options?: ScoringOptions<Names, Value>): Value;
  override apply(inputs: TensorLike | Several<Tensor>, options?: ScoringOptions<Names, TensorLike>): Promise<Tensor>;
  /** Calls the layer on query, value and, if it is another tensor, key. */
  override apply(inputs: never, options?: object): never {
    return super.apply(inputs, options) as never;
  }
}
