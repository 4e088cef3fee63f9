import { checkBoolean, checkOptions } from '../../core/checks.ts';
import { Tensor, type TensorLike, tensor } from '../../core/tensor.ts';
import { type Tree, fillTree } from '../../core/tree.ts';
import { type Value, isValue } from '../ir/value.ts';
import type { Variable } from '../ir/variable.ts';
import { ProgramFamily, type Traced } from './program-family.ts';
import { ResultBuffers } from './result-buffers.ts';
import { traceFunction } from './trace-function.ts';

/** Options of {@link jit}. */
export interface JitOptions {
  /**
   * Whether a call writes its results into the arrays of the results before the last ones, where sizes are the same: each result
   * is then valid until the second call after its own. For loops with large results, which saves their allocation.
   * @default false
   */
  readonly reuseResults?: boolean;
}

interface Compiled extends Traced {
  readonly result: Tree<Value>;
}

/**
 * Compiles a function written with `ops`: its first call with inputs of given shapes and dtypes traces it, lowers it to
 * ONNX and creates a session; later calls run the session. Updates that layers make to their state take effect at each run.
 *
 * Shapes: the function may return a value, or arrays and records of values; the promise has the same structure of tensors.
 *
 * @throws ValueError if the function does not return symbolic values.
 * @example
 * const f = jit((a, b) => ops.relu(ops.matmul(a, b)));
 * await f([[1, -2]], [[3], [4]]);    // [[0]]
 * await f([[1, 2]], [[3], [4]]);     // [[11]]
 * const double = jit((x) => ops.multiply(x, 2), { reuseResults: true });
 * await double([1, 2]);               // [2, 4]
 * @see https://docs.jax.dev/en/latest/jit-compilation.html
 */
export function jit<Inputs extends readonly Value[], Result>(
  describe: (...inputs: Inputs) => Result,
  options: JitOptions = {},
): (...inputs: { [K in keyof Inputs]: TensorLike }) => Promise<TensorsOf<Result>> {
  checkOptions('jit', options, ['reuseResults']);
  const buffers = checkBoolean('jit', 'reuseResults', options.reuseResults ?? false) ? new ResultBuffers() : null;
  const programs = new ProgramFamily<Compiled>();
  return async (...inputs) => {
    const tensors = inputs.map((value) => (value instanceof Tensor ? value : tensor(value)));
    const { traced, program } = await programs.get('', tensors, (types) =>
      traceFunction('jit', types, (values) => describe(...(values as unknown as Inputs))),
    );
    const body = program.get(false);
    const outputs = await (buffers === null ? body.run(tensors) : buffers.run(body, tensors));
    return fillTree(traced.result, isValue, outputs) as TensorsOf<Result>;
  };
}

/** The type of a result with tensors in place of symbolic values. */
export type TensorsOf<Result> = Result extends Value | Variable | Tensor | number
  ? Tensor
  : { [K in keyof Result]: TensorsOf<Result[K]> };
