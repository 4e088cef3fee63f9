import { ValueError } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import type { Optimizer } from '../optimizers/index.ts';
import { type Fields, boolean } from '../saving/fields.ts';
import { Callback } from './callback.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link SwapEMAWeights}. */
export interface SwapEMAWeightsOptions {
  /** Whether to swap between epochs as well, for example for callbacks after this one that save the model. @default false */
  readonly swapOnEpoch?: boolean | undefined;
}

/**
 * Evaluates and predicts with the moving averages of the weights that an optimizer with `useEma: true` keeps, and trains
 * with the weights themselves. The values are swapped in place.
 *
 * @throws ValueError when it swaps, if the optimizer keeps no averages.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'zeros', useBias: false })]);
 * const optimizer = new optimizers.SGD({ learningRate: 0.5, useEma: true, emaMomentum: 0.5 });
 * model.compile({ optimizer, loss: 'mse' });
 * await model.trainOnBatch([[1]], [[1]]);    // the weight and its average are 1
 * await model.trainOnBatch([[1]], [[3]]);    // the weight is 3, its average (1 + 3) / 2
 * await model.predict([[1]], { verbose: 0, callbacks: [new SwapEMAWeights()] });    // [[2]]
 * await model.predict([[1]], { verbose: 0 });    // [[3]]
 * @see https://keras.io/api/callbacks/swap_ema_weights/
 */
export class SwapEMAWeights extends Callback {
  static override readonly className: string = 'SwapEMAWeights';
  static override readonly positional = ['swapOnEpoch'] as const;
  static override readonly fields: Fields = { swapOnEpoch: boolean(false) };

  /** Whether to swap between epochs as well. */
  declare readonly swapOnEpoch: boolean;

  constructor(...args: Arguments<SwapEMAWeightsOptions, typeof SwapEMAWeights.positional>);
  constructor(options?: SwapEMAWeightsOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override checkReported(shapes: ReadonlyMap<string, Shape>): void {
    const validates = [...shapes.keys()].some((name) => name.startsWith('val_'));
    if (this.swapOnEpoch || validates) this.#optimizer().checkAverages();
  }

  override onEpochBegin(): void {
    if (this.swapOnEpoch) this.#restore();
  }
  override onEpochEnd(epoch: number): void {
    if (!this.swapOnEpoch) return;
    this.#swap();
    // At the end of training the optimizer replaces the weights by their averages, as has been done here.
    if (epoch === this.params.epochs - 1) this.#optimizer().finalizeVariableValues();
  }
  override onTestBegin(): void {
    this.#swap();
  }
  override onTestEnd(): void {
    this.#restore();
  }
  override onPredictBegin(): void {
    this.#swap();
  }
  override onPredictEnd(): void {
    this.#restore();
  }

  /** Restores the weights. */
  override onInterrupt(): void {
    if (this.model.compiled) this.#restore();
  }

  #swap(): void {
    const optimizer = this.#optimizer();
    if (!optimizer.hasSwappedAverages) optimizer.swapAverages();
  }

  #restore(): void {
    const optimizer = this.#optimizer();
    if (optimizer.hasSwappedAverages) optimizer.swapAverages();
  }

  #optimizer(): Optimizer {
    if (this.model.compiled) return this.model.optimizer;
    throw new ValueError(
      '[SwapEMAWeights] there must be an optimizer with useEma: true. Received: a model that is not compiled.',
    );
  }
}
