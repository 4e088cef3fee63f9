import type { DType } from '../../core/dtype.ts';
import { RandomStream } from '../../core/random.ts';
import type { Shape } from '../../core/shape.ts';
import { type Tensor, type TensorLike, tensor } from '../../core/tensor.ts';
import { world } from '../../core/world.ts';
import { createNode } from './node.ts';
import { type Value, isNode } from '../ir/value.ts';
import type { Variable } from '../ir/variable.ts';

/**
 * The initial state of each variable. A side table rather than a field of Variable, which is below values: a value refers
 * to its node, whose attributes may hold a variable.
 */
const initialStates = new WeakMap<Variable, Value>();

/** A value that the caller of the program feeds. */
export function input(name: string, shape: Shape, dtype: DType): Value {
  return createNode('input', [], { name, shape, dtype })[0];
}

/** A value that is known when the graph is built. */
export function constant(values: TensorLike, dtype?: DType): Value {
  const made: Tensor = tensor(values, undefined, dtype);
  return createNode('constant', [], { tensor: made })[0];
}

/** The tensor of a constant; null for any other value. */
export function constantOf(value: Value): Tensor | null {
  return isNode(value.node, 'constant') ? value.node.attributes.tensor : null;
}

/** The state of a variable at the start of the program: one value per variable, shared by all its readers. */
export function initialState(variable: Variable): Value {
  const found = initialStates.get(variable);
  if (found !== undefined) return found;
  const [made] = createNode('variable', [], { variable });
  initialStates.set(variable, made);
  return made;
}

/**
 * New uniform numbers in [0, 1) at each run of the program, or those of a given stream. Those of a seed are different ones in
 * each process of a world.
 */
export function randomUniform(seed: number | RandomStream, shape: Shape, dtype: DType): Value {
  // Seeds have 32 bits: the number of the process is beside them.
  const stream = typeof seed === 'number' ? new RandomStream(seed + world().rank * 2 ** 32) : seed;
  return createNode('randomUniform', [], { stream, shape, dtype })[0];
}
