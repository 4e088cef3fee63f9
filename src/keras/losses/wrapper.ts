import type { Config, Json } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { snakeCase } from '../../core/names.ts';
import { checkOptions } from '../../core/checks.ts';
import { serializeFunction } from '../saving/registry.ts';
import { Value } from '../../compiler/graph/value.ts';
import { Loss, type LossOptions, lossOptions } from './loss.ts';

/** A loss as a function of targets and predictions: the loss of each sample. */
export type LossFunction = (yTrue: Value, yPred: Value) => Value;

/**
 * A loss made of a function, for `compile({ loss: fn })`.
 *
 * @throws ValueError when called, if the function does not return a symbolic value.
 * @example
 * const mine = new LossFunctionWrapper((yTrue, yPred) => ops.abs(ops.subtract(yTrue, yPred)), { name: 'mine' });
 * await jit((yTrue, yPred) => mine.apply(yTrue, yPred))([1, 2], [1, 5]);   // 1.5
 * @see https://keras.io/api/losses/#creating-custom-losses
 */
export class LossFunctionWrapper extends Loss {
  readonly #fn: LossFunction;

  constructor(fn: LossFunction, options: LossOptions = {}) {
    checkOptions('LossFunctionWrapper', options, lossOptions);
    super(options, fn.name === '' ? 'loss' : snakeCase(fn.name));
    this.#fn = fn;
  }

  override call(yTrue: Value, yPred: Value): Value {
    const result: unknown = this.#fn(yTrue, yPred);
    if (result instanceof Value) return result;
    throw new ValueError(
      `[${this.name}] a loss must return a symbolic value. Received: ${show(result)}. Write it with evenkeel/ops.`,
    );
  }

  override getConfig(): Config {
    const fn: Readonly<Record<string, Json>> = { ...serializeFunction(this.#fn, 'losses.serialize') };
    return { ...super.getConfig(), fn };
  }

  static override fromConfig(): Loss {
    throw new TypeError(
      '[LossFunctionWrapper] a function cannot be made from a config. Pass it in customObjects under its name.',
    );
  }
}
