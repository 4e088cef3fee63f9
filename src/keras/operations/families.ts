import type { Json } from '../../core/config.ts';
import type { Tree } from '../../core/tree.ts';
import type { Value } from '../../compiler/graph/value.ts';
import type { Operand, ReductionOptions } from '../ops/index.ts';
import { type Arguments, type Options, type Room, type Specification, moduleOf } from '../ops/base/specification.ts';
import { type Symbolic, type Written, symbolic } from './symbolic.ts';

/** One of Keras's classes, but for what it computes. */
export interface Description extends Omit<Specification, 'module' | 'run'> {
  readonly room: Room;
}

export function specify(
  { room, ...description }: Description,
  run: (args: Arguments, options: Options) => Tree<Value> | readonly Value[],
): Specification {
  return { module: moduleOf(room), ...description, run };
}

/** A function whose operation has options. */
export function configured<A extends readonly unknown[], R>(
  run: (...args: A) => R,
  description: Description,
  write: (...args: A) => Written,
  read: (args: Arguments, options: Options) => Tree<Value> | readonly Value[],
): Symbolic<(...args: A) => R> {
  return symbolic(run, specify(description, read), write);
}

/** A function of tensors alone. */
export function elementwise<A extends readonly Operand[]>(
  run: (...args: A) => Value,
  room: Room,
  className: string,
  parameters: readonly string[],
): Symbolic<(...args: A) => Value> {
  const specification = specify({ room, className, parameters, options: {} }, (args) =>
    // The class has as many parameters as the function.
    run(...(args.slice(0, parameters.length) as readonly Operand[] as A)),
  );
  return symbolic(run, specification, (...args) => ({ args: args.slice(0, parameters.length) }));
}

/** A function that reduces over axes; `others` are options of Keras's that must stay as they are. */
export function reduction(
  run: (x: Operand, options?: ReductionOptions) => Value,
  className: string,
  others: Readonly<Record<string, Json>> = {},
  room: Room = 'numpy',
): Symbolic<(x: Operand, options?: ReductionOptions) => Value> {
  const defaults = { axis: null, keepdims: false, ...others };
  const specification = specify({ room, className, parameters: ['x'], options: defaults }, ([x], options) => {
    for (const name of Object.keys(others)) options.refuse(name);
    return run(x, { axis: options.get('axis'), keepdims: options.get('keepdims') });
  });
  return symbolic(run, specification, (x, { axis = null, keepdims = false } = {}) => ({
    args: [x],
    config: { ...defaults, axis, keepdims },
  }));
}
