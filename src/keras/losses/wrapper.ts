import { Value } from '../../compiler/ir/value.ts';
import { ValueError, show } from '../../core/errors.ts';
import { snakeCase } from '../../core/names.ts';
import { namedFunction } from '../saving/field-kinds.ts';
import type { Fields } from '../saving/fields.ts';
import { Loss, type LossOptions } from './loss.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** A loss as a function of targets and predictions that returns the loss of each sample. */
export type LossFunction = (yTrue: Value, yPred: Value) => Value;

/**
 * A function as a loss, made by `compile({ loss: fn })`.
 *
 * @throws ValueError when called, if the function does not return a symbolic value.
 * @example
 * const distance = new LossFunctionWrapper((yTrue, yPred) => ops.abs(ops.subtract(yTrue, yPred)), { name: 'distance' });
 * await jit((yTrue, yPred) => distance.apply(yTrue, yPred))([1, 2], [1, 5]);   // 1.5
 * @see https://keras.io/api/losses/#creating-custom-losses
 */
export class LossFunctionWrapper extends Loss {
  static override readonly className: string = 'LossFunctionWrapper';
  static override readonly positional = ['fn', 'reduction', 'name', 'dtype'] as const;
  static override readonly fields: Fields = { ...Loss.fields, fn: namedFunction() };

  /** The function. */
  declare readonly fn: LossFunction;

  constructor(...args: Arguments<LossOptions & { fn: LossFunction }, typeof LossFunctionWrapper.positional>);
  constructor(fn: LossFunction, options?: LossOptions);
  constructor(...args: readonly unknown[]) {
    const [options, positional] = takeArguments(new.target, args);
    const { fn, name } = positional as { readonly fn?: LossFunction; readonly name?: string | null };
    const byDefault = typeof fn !== 'function' || fn.name === '' ? 'loss' : snakeCase(fn.name);
    super(options, { ...positional, name: name ?? byDefault });
  }

  override call(yTrue: Value, yPred: Value): Value {
    const result: unknown = this.fn(yTrue, yPred);
    if (result instanceof Value) return result;
    throw new ValueError(
      `[${this.name}] a loss must return a symbolic value. Received: ${show(result)}. Write it with evenkeel/ops.`,
    );
  }
}
