import type { Value } from '../../../compiler/ir/value.ts';
import type { KerasTensor } from './keras-tensor.ts';
import { Operation } from './operation.ts';
import { type Flat } from './structure.ts';

/** A call of a function of `ops` that calls functions: `ops.scan`, for example. */
export interface FunctionCall {
  /** Keras's class of operations. */
  readonly className: string;
  /** Keras's module of the class. @default 'core' */
  readonly module?: string;
  /** The function's name in error messages. */
  readonly who: string;
  /** The arguments other than functions, by name. */
  readonly operands: Readonly<Record<string, Flat>>;
  /** Computes the leaves of the result, given those of the arguments, in their structure. */
  readonly run: (...operands: readonly unknown[]) => Computed;
}

/** The leaves of a result, and its structure. */
export interface Computed {
  readonly values: readonly Value[];
  readonly restore: (leaves: readonly unknown[]) => unknown;
}

/**
 * Runs a function on values; on symbolic tensors, an operation of a model is recorded. A config cannot hold the functions that
 * it calls: models with such operations compute and train, but cannot be saved.
 */
export function callWithFunctions({ className, module = 'core', who, operands, run }: FunctionCall): unknown {
  const flats = Object.values(operands);
  if (!flats.some(({ isSymbolic }) => isSymbolic)) {
    const { values, restore } = run(...flats.map((flat) => flat.restore(flat.leaves)));
    return restore(values);
  }
  let computed: Computed | null = null;
  // All leaves in one list: the structures around them belong to this function alone.
  const leaves = flats.flatMap((flat) => flat.leaves);
  const operation = new Operation(
    {
      ...{ module: `keras.src.ops.${module}`, className, who, parameters: ['operands'], isVariadic: true },
      ...{ requiredParameters: 1, keywords: [], options: new Map(), holdsFunctions: true },
      run: (given) => {
        let next = 0;
        const all = given as readonly unknown[];
        computed = run(...flats.map((flat) => flat.restore(all.slice(next, (next += flat.leaves.length)))));
        return computed.values;
      },
    },
    {},
  );
  const symbols = operation.symbolicCall({ args: leaves, kwargs: {} }) as readonly KerasTensor[];
  return (computed as Computed | null)?.restore(symbols);
}
