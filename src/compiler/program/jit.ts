import { Tensor, type TensorLike, tensor } from '../../core/tensor.ts';
import { type Tree, fillTree } from '../../core/tree.ts';
import { currentRevision } from '../graph/revision.ts';
import { type Value, isValue } from '../ir/value.ts';
import { Program } from './program.ts';
import { signatureOf, traceFunction } from './trace-function.ts';

interface Compiled {
  readonly revision: number;
  readonly program: Program;
  readonly result: Tree<Value>;
}

/** The compiled forms of a function, one per signature of its inputs, each valid until its trace is stale. */
export class SignatureCache<T extends { readonly revision: number }> {
  readonly #entries = new Map<string, T>();

  /** Returns the compiled form for a signature, making it if there is none or it is stale. */
  get(signature: string, make: (revision: number) => T): T {
    const revision = currentRevision();
    const found = this.#entries.get(signature);
    if (found?.revision === revision) return found;
    const made = make(revision);
    this.#entries.set(signature, made);
    return made;
  }
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
 * @see https://docs.jax.dev/en/latest/jit-compilation.html
 */
export function jit<Inputs extends readonly Value[], Result>(
  describe: (...inputs: Inputs) => Result,
): (...inputs: { [K in keyof Inputs]: TensorLike }) => Promise<TensorsOf<Result>> {
  const cache = new SignatureCache<Compiled>();
  return async (...inputs) => {
    const tensors = inputs.map((value) => (value instanceof Tensor ? value : tensor(value)));
    const compiled = cache.get(signatureOf(tensors), (revision) => {
      const { graph, result } = traceFunction('jit', tensors, (values) => describe(...(values as unknown as Inputs)));
      return { revision, program: new Program(graph), result };
    });
    const outputs = await compiled.program.run(tensors);
    return fillTree(compiled.result, isValue, outputs) as TensorsOf<Result>;
  };
}

/** The type of a result with tensors in place of symbolic values. */
export type TensorsOf<Result> = Result extends Value | number ? Tensor : { [K in keyof Result]: TensorsOf<Result[K]> };
