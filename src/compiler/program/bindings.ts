import { allocate } from '../../core/dtype.ts';
import { InternalError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import { sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Variable } from '../ir/variable.ts';
import type { Executable, Pack } from '../lowering/executable/executable.ts';

type Tensors = Readonly<Record<string, Tensor>>;

/** The results of a run, before any state is written. */
export interface Results {
  readonly outputs: readonly Tensor[];
  /** The new state of each variable; the variables still have the old one. */
  readonly updates: ReadonlyMap<Variable, Tensor>;
}

/**
 * The correspondence between variables and the inputs and outputs of a model. A variable is fed from its buffer, and its new
 * state is written into its spare one; small ones are copied into and out of arrays that are kept for this purpose, so that
 * the tensors of a model are the same objects at every run.
 */
export class Bindings {
  readonly #executable: Executable;
  readonly #packedVariables: readonly Tensor[];
  readonly #packedResults: readonly Tensor[];
  /** The variables by the names of the results with their new state. */
  readonly #updated: ReadonlyMap<string, Variable>;
  /** The updates that are outputs of their own. */
  readonly #single: Executable['updates'];

  constructor(executable: Executable) {
    const arrayOf = ({ size, dtype }: Pack<unknown>): Tensor => new Tensor(allocate(dtype, size), [size], dtype);
    this.#executable = executable;
    this.#packedVariables = executable.packedVariables.map(arrayOf);
    this.#packedResults = executable.packedResults.map(arrayOf);
    this.#updated = new Map(executable.updates.map(({ name, variable }) => [name, variable]));
    const packed = new Set(executable.packedResults.flatMap(({ parts }) => parts.map(({ name }) => name)));
    this.#single = executable.updates.filter(({ name }) => !packed.has(name));
  }

  /** The inputs of the model, by name. */
  inputs(feeds: readonly Tensor[], randoms: ReadonlyMap<RandomStream, Tensor>): Tensors {
    const executable = this.#executable;
    const bound = record();
    for (const [i, name] of executable.inputs.entries()) {
      const given = feeds[i];
      if (given === undefined)
        throw new InternalError(`a program received ${feeds.length} feeds for ${executable.inputs.length} inputs.`);
      if (name !== null) bound[name] = given;
    }
    for (const { name, variable } of executable.variables) {
      bound[name] = new Tensor(variable.buffer, variable.shape, variable.dtype);
    }
    for (const [i, { name, parts }] of executable.packedVariables.entries()) {
      const packed = required(this.#packedVariables[i], name);
      for (const { variable, offset } of parts) packed.data.set(variable.buffer, offset);
      bound[name] = packed;
    }
    for (const { name, stream } of executable.randoms) bound[name] = required(randoms.get(stream), name);
    return bound;
  }

  /** The arrays into which the engine may write, by the names of the outputs. */
  targets(): Tensors {
    const targets = record();
    for (const { name, variable } of this.#single) {
      targets[name] = new Tensor(variable.spareBuffer, variable.shape, variable.dtype);
    }
    for (const [i, { name }] of this.#executable.packedResults.entries())
      targets[name] = required(this.#packedResults[i], name);
    return targets;
  }

  /** The results in the outputs of the model. */
  results(returned: Tensors): Results {
    const { packedResults, outputs, updates } = this.#executable;
    const unpacked = record();
    for (const { name: pack, dtype, parts } of packedResults) {
      const { data } = required(returned[pack], pack);
      for (const { name, shape, offset } of parts) {
        const variable = this.#updated.get(name);
        const size = sizeOf(shape);
        const copy = variable === undefined ? allocate(dtype, size) : variable.spareBuffer;
        copy.set(data.subarray(offset, offset + size));
        unpacked[name] = new Tensor(copy, shape, dtype);
      }
    }
    const resultOf = (name: string): Tensor => required(unpacked[name] ?? returned[name], name);
    return {
      outputs: outputs.map(resultOf),
      updates: new Map(updates.map(({ name, variable }) => [variable, resultOf(name)])),
    };
  }
}

/** A record without a prototype, for names from a model. */
const record = (): Record<string, Tensor> => Object.create(null) as Record<string, Tensor>;

function required(tensor: Tensor | undefined, name: string): Tensor {
  if (tensor === undefined) throw new InternalError(`there is no tensor for ${name}.`);
  return tensor;
}
