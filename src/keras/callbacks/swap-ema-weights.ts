import { ValueError } from '../../core/errors.ts';
import { checkBoolean, checkOptions } from '../../core/checks.ts';
import type { Optimizer } from '../optimizers/index.ts';
import { Callback } from './callback.ts';

/** Options of {@link SwapEMAWeights}. */
export interface SwapEMAWeightsOptions {
  /** Swap between epochs too, for callbacks behind this one that save the model, say. @default false */
  readonly swapOnEpoch?: boolean | undefined;
}

/**
 * Evaluates and predicts with the moving averages of the weights that an optimizer with `useEma: true` keeps, and goes
 * on training with the weights themselves. The values are swapped in place.
 *
 * @throws ValueError when it swaps, if the optimizer keeps no averages.
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'zeros', useBias: false })]);
 * const optimizer = new optimizers.SGD({ learningRate: 0.5, useEma: true, emaMomentum: 0.5 });
 * model.compile({ optimizer, loss: 'mse' });
 * await model.trainOnBatch([[1]], [[1]]);    // the weight is 1, and its average as well
 * await model.trainOnBatch([[1]], [[3]]);    // the weight is 3, its average (1 + 3) / 2
 * await model.predict([[1]], { verbose: 0, callbacks: [new SwapEMAWeights()] });    // [[2]]
 * await model.predict([[1]], { verbose: 0 });    // [[3]]
 * @see https://keras.io/api/callbacks/swap_ema_weights/
 */
export class SwapEMAWeights extends Callback {
  /** Swap between epochs too. */
  readonly swapOnEpoch: boolean;

  constructor(options: SwapEMAWeightsOptions = {}) {
    super();
    checkOptions('SwapEMAWeights', options, ['swapOnEpoch']);
    this.swapOnEpoch = checkBoolean('SwapEMAWeights', 'swapOnEpoch', options.swapOnEpoch ?? false);
  }

  override onEpochBegin(): void {
    if (this.swapOnEpoch) this.#bringBack();
  }
  override onEpochEnd(epoch: number): void {
    if (!this.swapOnEpoch) return;
    this.#bringAverages();
    // Training ends by making the weights their averages, which they are already.
    if (epoch === this.params.epochs - 1) this.#optimizer().finalizeVariableValues();
  }
  override onTestBegin(): void {
    this.#bringAverages();
  }
  override onTestEnd(): void {
    this.#bringBack();
  }
  override onPredictBegin(): void {
    this.#bringAverages();
  }
  override onPredictEnd(): void {
    this.#bringBack();
  }

  /** Gives the model its own weights back, when an error or a signal ends the work. */
  interrupt(): void {
    if (this.model.optimizer?.hasSwappedAverages === true) this.#bringBack();
  }

  #bringAverages(): void {
    const optimizer = this.#optimizer();
    if (!optimizer.hasSwappedAverages) optimizer.swapAverages();
  }

  #bringBack(): void {
    const optimizer = this.#optimizer();
    if (optimizer.hasSwappedAverages) optimizer.swapAverages();
  }

  #optimizer(): Optimizer {
    const { optimizer } = this.model;
    if (optimizer !== null) return optimizer;
    throw new ValueError(
      '[SwapEMAWeights] there must be an optimizer with useEma: true. Received: a model that is not compiled.',
    );
  }
}
