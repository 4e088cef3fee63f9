import { contentHash } from '../../core/content-hash.ts';
import { isFloat } from '../../core/dtype.ts';
import { InternalError, ValueError } from '../../core/errors.ts';
import { Tensor } from '../../core/tensor.ts';
import { dataParallelism, world } from '../../core/world.ts';
import type { Variable } from '../../compiler/ir/variable.ts';

/** Whether a flag is set in any process that trains the model. */
export async function anywhere(...flags: readonly boolean[]): Promise<readonly boolean[]> {
  if (dataParallelism() === null) return flags;
  const counts = Int32Array.from(flags, Number);
  await world().allReduce(counts);
  return Array.from(counts, (count) => count > 0);
}

/** @throws the reason of a signal that has aborted, here or in another process that trains the model */
export async function throwIfAborted(signal: AbortSignal | null): Promise<void> {
  if (signal === null) return;
  const [isAborted = false] = await anywhere(signal.aborted);
  signal.throwIfAborted();
  if (isAborted) throw new DOMException('The signal of another process has aborted.', 'AbortError');
}

/**
 * Gives all processes the state of the first.
 * @throws ValueError if their models have different variables.
 */
export async function shareState(who: string, variables: readonly Variable[]): Promise<void> {
  if (dataParallelism() === null) return;
  const communicator = world();
  const forms = variables.map(({ shape, dtype }) => `${dtype}[${shape.join()}]`).join(' ');
  if (!(await isEqual(contentHash([new TextEncoder().encode(forms)])))) {
    throw new ValueError(
      `[${who}] the model must have the same variables in all processes. Received: ${variables.length} variables in process ${communicator.rank}, which differ. Make the same model in each.`,
    );
  }
  for (const variable of variables) {
    await variable.download();
    const { data, shape, dtype } = variable.value;
    const copy = data.slice();
    await communicator.broadcast(new Uint8Array(copy.buffer, copy.byteOffset, copy.byteLength), 0);
    if (contentHash([copy]) !== contentHash([data])) variable.assign(new Tensor(copy, shape, dtype));
  }
  if (!(await areEqual(variables)))
    throw new InternalError(`${who}: the processes differ after they shared their state.`);
}

/** Whether variables are the same in all processes, to the bit. */
export async function areEqual(variables: readonly Variable[]): Promise<boolean> {
  return dataParallelism() === null || isEqual(contentHash(variables.map(({ value }) => value.data)));
}

/** A number of the first process. */
export async function ofFirst(value: number): Promise<number> {
  if (dataParallelism() === null) return value;
  const shared = Float64Array.of(value);
  await world().broadcast(new Uint8Array(shared.buffer), 0);
  return shared[0] ?? value;
}

/** Whether all processes have the same hash. */
async function isEqual(hash: number): Promise<boolean> {
  const own = Int32Array.of(hash);
  const all = await world().allGather(new Uint8Array(own.buffer));
  return all.every((bytes) => new Int32Array(bytes.slice().buffer)[0] === hash);
}

/** Replaces variables by their means over the processes, which change nothing where they are equal. */
export async function averageState(variables: readonly Variable[]): Promise<void> {
  const settings = dataParallelism();
  if (settings?.averageStatistics !== true) return;
  const averaged = variables.filter(({ dtype }) => isFloat(dtype));
  if (averaged.length === 0) return;
  const communicator = world();
  const sums = new Float64Array(averaged.reduce((total, { size }) => total + size, 0));
  let offset = 0;
  for (const { value, size } of averaged) {
    sums.set(value.data, offset);
    offset += size;
  }
  await communicator.allReduce(sums);
  offset = 0;
  for (const variable of averaged) {
    // The mean of equal numbers of single precision is exact in double precision.
    const means = sums.subarray(offset, offset + variable.size).map((sum) => sum / communicator.size);
    variable.assign(new Tensor(means, variable.shape));
    offset += variable.size;
  }
}
