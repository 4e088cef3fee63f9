import type { Config } from '../../core/config.ts';
import type { Value } from '../../compiler/graph/value.ts';
import type { Argument } from '../ops/base/symbolic-arguments.ts';
import { type KerasTensor, isKerasTensor } from '../ops/base/keras-tensor.ts';
import { Operation, writeArgument } from '../ops/base/operation.ts';
import type { Specification } from '../ops/base/specification.ts';

// The parameters of any function.
type AnyFunction = (...args: never[]) => unknown;

/** An argument that may be a symbolic tensor where a value may be given. */
type Symbolized<T> = [Value] extends [T]
  ? T | KerasTensor
  : T extends readonly (infer Entry)[]
    ? [Value] extends [Entry]
      ? readonly (Entry | KerasTensor)[]
      : T
    : T;

type SymbolizedAll<A extends readonly unknown[]> = { [I in keyof A]: Symbolized<A[I]> };

/** A function of `ops` that takes symbolic tensors too, and then gives such, for models to be made of. */
export type Symbolic<F extends AnyFunction> = F &
  ((
    ...args: SymbolizedAll<Parameters<F>>
  ) => ReturnType<F> extends readonly unknown[] ? readonly KerasTensor[] : KerasTensor) & {
    /** The operation that configs have for it. */
    readonly specification: Specification;
  };

/** A call of a function as a call of Keras's operation. */
export interface Written {
  readonly args: readonly unknown[];
  readonly kwargs?: Readonly<Record<string, Argument>>;
  readonly config?: Config;
}

const isSymbolic = (argument: unknown): boolean =>
  isKerasTensor(argument) || (Array.isArray(argument) && argument.some(isKerasTensor));

/** A function that notes an operation where it is called on symbolic tensors. `write` says how Keras writes the call. */
export function symbolic<A extends readonly unknown[], R>(
  run: (...args: A) => R,
  specification: Specification,
  write: (...args: A) => Written,
): Symbolic<(...args: A) => R> {
  const call = (...given: A): unknown => {
    if (!given.some(isSymbolic)) return run(...given);
    const { args, kwargs = {}, config = {} } = write(...given);
    const who = `ops.${run.name}`;
    const written = args.map((argument) => writeArgument(who, argument));
    return new Operation(specification, config).symbolicCall({ args: written, kwargs });
  };
  Object.defineProperties(call, { name: { value: run.name }, specification: { value: specification } });
  return call as unknown as Symbolic<(...args: A) => R>;
}
