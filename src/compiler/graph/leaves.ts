import type { DType } from '../../core/dtype.ts';
import { RandomStream } from '../../core/random.ts';
import type { Shape } from '../../core/shape.ts';
import { type Tensor, type TensorLike, tensor } from '../../core/tensor.ts';
import { createNode } from './node.ts';
import type { Value } from './value.ts';
import type { Variable } from './variable.ts';

const states = new WeakMap<Variable, Value>();

/** A value that the caller of the program feeds. */
export function input(name: string, shape: Shape, dtype: DType): Value {
  return createNode('input', [], { name, shape, dtype })[0];
}

/** A value known when the graph is made. */
export function constant(values: TensorLike, dtype?: DType): Value {
  const made: Tensor = tensor(values, undefined, dtype);
  return createNode('constant', [], { tensor: made })[0];
}

/** The state of a variable at the start of the program; one value for each variable, so that readers share it. */
export function initialState(variable: Variable): Value {
  const found = states.get(variable);
  if (found !== undefined) return found;
  const [made] = createNode('variable', [], { variable });
  states.set(variable, made);
  return made;
}

/** New uniform numbers in [0, 1) at each run of the program. */
export function randomUniform(seed: number, shape: Shape, dtype: DType): Value {
  return createNode('randomUniform', [], { stream: new RandomStream(seed), shape, dtype })[0];
}
