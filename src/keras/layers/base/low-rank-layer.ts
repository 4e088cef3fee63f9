import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import type { SavedVariable } from '../../saving/keras-saveable.ts';
import type { CallContext } from './call-context.ts';
import { KernelLayer } from './kernel-layer.ts';
import { type EnableLoraOptions, LowRank } from './low-rank.ts';

/** The base of layers with a kernel that can be adapted by matrices of low rank. */
export abstract class LowRankLayer extends KernelLayer {
  /** The rank of the adaptation; null for none. */
  declare loraRank: number | null;
  /** The factor α of the adaptation; null for none. */
  declare loraAlpha: number | null;
  #lora: LowRank | null = null;

  /** Whether the kernel is adapted. */
  get loraEnabled(): boolean {
    return this.#lora !== null;
  }

  /** The weights `[A, B]` of the adaptation; null for none. */
  get loraKernels(): readonly [Variable, Variable] | null {
    return this.#lora === null ? null : [this.#lora.a, this.#lora.b];
  }

  /**
   * Freezes the kernel W and adapts it by two smaller weights: the layer then computes with W + α / rank · A B. A compiled
   * model must be compiled again.
   *
   * Shapes: of a kernel `[…, outputs]`, A is `[…, rank]` and B `[rank, outputs]`.
   * @throws ValueError if the layer is not built, has a constraint on its kernel, or is adapted already.
   * @see https://arxiv.org/abs/2106.09685
   */
  enableLora(rank: number, options: EnableLoraOptions = {}): void {
    const { who, kernelConstraint: constraint, kernelRegularizer: regularizer } = this;
    const weight = this.built ? this.kernel : null;
    const adapted = { who, weight, name: 'kernel', constraint, regularizer, current: this.#lora };
    this.#lora = LowRank.adapt(
      { ...adapted, addWeight: (weightOptions) => this.addWeight(weightOptions) },
      rank,
      options,
    );
    [this.loraRank, this.loraAlpha] = [rank, this.#lora.alpha];
    this.invalidateTraces();
  }

  /** Adapts the kernel that `build` has made, if the options say so. */
  protected enableGivenLora(): void {
    const { loraRank, loraAlpha } = this;
    if (loraRank === null) return;
    this.built = true;
    this.enableLora(loraRank, { loraAlpha });
  }

  /** The kernel in a call, adapted if it is. */
  protected readKernel(context: CallContext): Value {
    return this.#lora === null ? context.read(this.kernel) : this.#lora.read(context);
  }

  override get storedWeights(): readonly SavedVariable[] {
    return this.#lora?.stored(this.ownWeights) ?? super.storedWeights;
  }
}
