import type { Tensor } from '../../core/tensor.ts';
import type { Value } from '../../compiler/ir/value.ts';

/**
 * The initial value of each slot: a number fills an array of the variable's shape, a tensor has a shape of its own.
 * A slot that is left out does not exist.
 */
export type SlotStarts<Slot extends string = string> = Readonly<Partial<Record<Slot, number | Tensor>>>;

/** The input of an optimizer's step. All floating values have the type of the variable. */
export interface StepInput<Slot extends string = string> {
  /** The gradient of the loss with respect to the variable, after clipping. */
  readonly gradient: Value;
  /** The variable's value, after weight decay. */
  readonly value: Value;
  /** The optimizer's state for the variable, and its shared slots. */
  readonly slots: Readonly<Record<Slot, Value>>;
  /** The learning rate of this step: a scalar. */
  readonly learningRate: Value;
  /** The number of steps before this one: an int32 scalar. */
  readonly iterations: Value;
}

/** The result of an optimizer's step. */
export interface StepResult<Slot extends string = string> {
  /** The variable's new value. */
  readonly value: Value;
  /** The new values of slots. @default every slot keeps its value */
  readonly slots?: Readonly<Partial<Record<Slot, Value>>>;
}

/** The step of an optimizer, as a function. */
export type Step = (input: StepInput) => StepResult;
