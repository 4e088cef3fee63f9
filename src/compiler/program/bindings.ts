import { allocate } from '../../core/dtype.ts';
import type { DeviceTensor } from '../../core/device-tensor.ts';
import { InternalError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import { sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Variable } from '../ir/variable.ts';
import type { DeviceMemory, MixedTensors } from '../runtime/index.ts';
import type { Executable, Pack } from '../lowering/executable/executable.ts';
import { PendingOutputs } from './pending-outputs.ts';

type Tensors = Readonly<Record<string, Tensor>>;

/** The results of a run, before any state is written. */
export interface Results {
  readonly outputs: readonly Tensor[];
  /** The new state of each variable; the variables still have the old one. */
  readonly updates: ReadonlyMap<Variable, Tensor>;
}

/** The results of a run of which some are in the memory of a device. */
export interface MixedResults {
  readonly outputs: readonly Tensor[] | PendingOutputs;
  readonly updates: ReadonlyMap<Variable, Tensor | DeviceTensor>;
}

/**
 * The correspondence between variables and the inputs and outputs of a model. A variable is fed from its buffer, and its new
 * state is written into its spare one; small ones are copied into and out of arrays that are kept for this purpose, so that
 * the tensors of a model are the same objects at every run. On an engine with a device, most variables stay there.
 */
export class Bindings {
  readonly #executable: Executable;
  readonly #device: DeviceMemory | null;
  /** The variables that are read on the device and not written. */
  readonly #read: readonly Variable[];
  readonly #packedVariables: readonly Tensor[];
  readonly #packedResults: readonly Tensor[];
  /** The variables by the names of the results with their new state. */
  readonly #updated: ReadonlyMap<string, Variable>;
  /** The names of the results that are part of a packed output. */
  readonly #packed: ReadonlySet<string>;
  /** The updates that are outputs of their own. */
  readonly #single: Executable['updates'];
  /** The names of the outputs of the model that are not updates and stay on the device until they are read. */
  readonly #deferred: ReadonlySet<string>;

  constructor(
    executable: Executable,
    device: DeviceMemory | null = null,
    staysOnDevice: (variable: Variable) => boolean = () => false,
    deferred: readonly string[] = [],
  ) {
    const arrayOf = ({ size, dtype }: Pack<unknown>): Tensor => new Tensor(allocate(dtype, size), [size], dtype);
    this.#executable = executable;
    this.#device = device;
    this.#deferred = new Set(deferred);
    const written = new Set(executable.updates.map(({ variable }) => variable));
    this.#read = executable.variables.flatMap(({ variable }) =>
      staysOnDevice(variable) && !written.has(variable) ? [variable] : [],
    );
    this.#packedVariables = executable.packedVariables.map(arrayOf);
    this.#packedResults = executable.packedResults.map(arrayOf);
    this.#updated = new Map(executable.updates.map(({ name, variable }) => [name, variable]));
    this.#packed = new Set(executable.packedResults.flatMap(({ parts }) => parts.map(({ name }) => name)));
    this.#single = executable.updates.filter(({ name }) => !this.#packed.has(name));
  }

  /** Fetches the variables that this program reads on the host. */
  async download(): Promise<void> {
    const { variables, packedVariables, updates } = this.#executable;
    const packed = packedVariables.flatMap(({ parts }) => parts);
    for (const { variable } of [...variables, ...packed, ...updates]) {
      const isHere = this.#device !== null && variable.onDevice(this.#device) !== null;
      if (variable.isNewerOnDevice && !isHere) await variable.download();
    }
  }

  /** Copies the variables to the device that are not there, and that the program does not replace. */
  async upload(): Promise<void> {
    const device = this.#device;
    if (device === null) return;
    for (const variable of this.#read) {
      if (variable.onDevice(device) !== null) continue;
      const { version } = variable;
      const copy = await device.upload(new Tensor(variable.buffer, variable.shape, variable.dtype));
      if (variable.version === version) variable.keepOnDevice(copy);
      else copy.dispose();
    }
  }

  /** The inputs of the model, by name. */
  inputs(feeds: readonly Tensor[], randoms: ReadonlyMap<RandomStream, Tensor>): MixedTensors {
    const executable = this.#executable;
    const bound = record<Tensor | DeviceTensor>();
    for (const [i, name] of executable.inputs.entries()) {
      const given = feeds[i];
      if (given === undefined)
        throw new InternalError(`a program received ${feeds.length} feeds for ${executable.inputs.length} inputs.`);
      if (name !== null) bound[name] = given;
    }
    for (const { name, variable } of executable.variables) {
      const onDevice = this.#device === null ? null : variable.onDevice(this.#device);
      bound[name] = onDevice ?? new Tensor(variable.buffer, variable.shape, variable.dtype);
    }
    for (const [i, { name, parts }] of executable.packedVariables.entries()) {
      const packed = required(this.#packedVariables[i], name);
      for (const { variable, offset } of parts) packed.data.set(variable.buffer, offset);
      bound[name] = packed;
    }
    for (const { name, stream } of executable.randoms) bound[name] = required(randoms.get(stream), name);
    return bound;
  }

  /**
   * The arrays into which the engine may write, by the names of the outputs.
   *
   * @param reused for some outputs, by their position, a tensor whose elements are no longer needed
   */
  targets(reused: ReadonlyMap<number, Tensor>): Tensors {
    const targets = record<Tensor>();
    for (const [i, tensor] of reused) {
      const name = this.#executable.outputs[i];
      if (name !== undefined && !this.#packed.has(name) && !this.#updated.has(name)) targets[name] = tensor;
    }
    for (const { name, variable } of this.#single) {
      targets[name] = new Tensor(variable.spareBuffer, variable.shape, variable.dtype);
    }
    for (const [i, { name }] of this.#executable.packedResults.entries())
      targets[name] = required(this.#packedResults[i], name);
    return targets;
  }

  /** The results in the outputs of the model. If some are to stay on the device, the outputs of the graph are pending. */
  results(returned: MixedTensors): MixedResults {
    const { outputs, updates } = this.#executable;
    const found = { ...returned, ...this.#unpack(returned, (pack) => !this.#deferred.has(pack)) };
    return {
      outputs: this.#deferred.size === 0 ? outputs.map((name) => onHost(found[name], name)) : this.#pending(found),
      updates: new Map(updates.map(({ name, variable }) => [variable, required(found[name], name)])),
    };
  }

  #pending(found: MixedTensors): PendingOutputs {
    const held = Object.fromEntries([...this.#deferred].map((name) => [name, required(found[name], name)]));
    return new PendingOutputs(held, (copies) => {
      const all = { ...found, ...copies, ...this.#unpack(copies, (pack) => this.#deferred.has(pack)) };
      return this.#executable.outputs.map((name) => onHost(all[name], name));
    });
  }

  /** Copies of the parts of some packed outputs, by their names. */
  #unpack(returned: MixedTensors, isWanted: (pack: string) => boolean): Tensors {
    const unpacked = record<Tensor>();
    for (const { name: pack, dtype, parts } of this.#executable.packedResults) {
      if (!isWanted(pack)) continue;
      const { data } = onHost(returned[pack], pack);
      for (const { name, shape, offset } of parts) {
        const variable = this.#updated.get(name);
        const size = sizeOf(shape);
        const copy = variable === undefined ? allocate(dtype, size) : variable.spareBuffer;
        copy.set(data.subarray(offset, offset + size));
        unpacked[name] = new Tensor(copy, shape, dtype);
      }
    }
    return unpacked;
  }
}

/** A record without a prototype, for names from a model. */
const record = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;

function onHost(tensor: Tensor | DeviceTensor | undefined, name: string): Tensor {
  if (tensor instanceof Tensor) return tensor;
  throw new InternalError(`${name} is not on the host.`);
}

function required<T>(tensor: T | undefined, name: string): T {
  if (tensor === undefined) throw new InternalError(`there is no tensor for ${name}.`);
  return tensor;
}
