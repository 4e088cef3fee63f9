import { checkBoolean, checkOptions } from '../../core/checks.ts';
import { isFloat } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { showShape, sizeOf } from '../../core/shape.ts';
import { Tensor, type TensorLike, tensor } from '../../core/tensor.ts';
import { gradients } from '../autodiff/index.ts';
import { initialState } from '../graph/leaves.ts';
import { type Value, isValue } from '../ir/value.ts';
import type { Variable } from '../ir/variable.ts';
import { ProgramFamily, type Traced } from './program-family.ts';
import type { KnownType } from './size-template.ts';
import { ResultBuffers } from './result-buffers.ts';
import { traceFunction } from './trace-function.ts';

/** Options of {@link valueAndGrad}. */
export interface ValueAndGradOptions {
  /** The variables with respect to which to differentiate. @default none */
  readonly variables?: readonly Variable[];
  /**
   * Whether a call writes its results into the arrays of the results before the last ones, where sizes are the same: each result
   * is then valid until the second call after its own. For training loops, which apply gradients at once.
   * @default false
   */
  readonly reuseResults?: boolean;
}

/** The result of a function and its gradients. */
export interface ValueAndGradResult {
  /** The result of the function. */
  readonly value: Tensor;
  /** The gradient for each input; null if the result does not depend on it, or it is not of a floating dtype. */
  readonly inputGradients: readonly (Tensor | null)[];
  /** The gradient for each of `variables`; null if the result does not depend on it. */
  readonly variableGradients: readonly (Tensor | null)[];
}

interface Compiled extends Traced {
  readonly present: readonly boolean[];
}

/**
 * Compiles a function with a scalar result to a function that returns the result and its gradients.
 *
 * Shapes: each gradient has the shape of its input or variable.
 *
 * @throws ValueError if the function does not return one scalar; NotImplementedError if a primitive has no gradient.
 * @example
 * const step = valueAndGrad((x) => ops.sum(ops.square(x)));
 * const { value, inputGradients } = await step([1, 2, 3]);
 * value;                // 14
 * inputGradients[0];    // [2, 4, 6]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.value_and_grad.html
 */
export function valueAndGrad<Inputs extends readonly Value[]>(
  describe: (...inputs: Inputs) => Value,
  options: ValueAndGradOptions = {},
): (...inputs: { [K in keyof Inputs]: TensorLike }) => Promise<ValueAndGradResult> {
  checkOptions('valueAndGrad', options, ['variables', 'reuseResults']);
  const reuses = checkBoolean('valueAndGrad', 'reuseResults', options.reuseResults ?? false);
  const buffers = reuses ? new ResultBuffers() : null;
  const variables = options.variables ?? [];
  const programs = new ProgramFamily<Compiled>();

  const compile = (types: readonly KnownType[]): Compiled => {
    let present: readonly boolean[] = [];
    const traced = traceFunction('valueAndGrad', types, (values) => {
      const result: unknown = describe(...(values as unknown as Inputs));
      if (!isValue(result) || sizeOf(result.knownShape) !== 1 || result.rank !== 0) {
        const received = isValue(result)
          ? `shape ${showShape(result.shape)}; reduce it with ops.sum or ops.mean`
          : typeof result;
        throw new ValueError(`[valueAndGrad] the function must return one scalar. Received: ${received}.`);
      }
      const targets = [...values, ...variables.map(initialState)];
      const found = gradients(result, targets).map((gradient, i) => {
        const target = targets[i];
        return target !== undefined && isFloat(target.dtype) ? gradient : null;
      });
      present = found.map((gradient) => gradient !== null);
      return [result, ...found.filter((gradient) => gradient !== null)];
    });
    return { ...traced, present };
  };

  return async (...inputs) => {
    const tensors = inputs.map((value) => (value instanceof Tensor ? value : tensor(value)));
    const { program, traced } = await programs.get('', tensors, compile);
    const body = program.get(false);
    const [value, ...rest] = await (buffers === null ? body.run(tensors) : buffers.run(body, tensors));
    if (value === undefined)
      throw new ValueError('[valueAndGrad] the function must return one scalar. Received: nothing.');
    let next = 0;
    const all = traced.present.map((isPresent) => (isPresent ? (rest[next++] ?? null) : null));
    return { value, inputGradients: all.slice(0, tensors.length), variableGradients: all.slice(tensors.length) };
  };
}
