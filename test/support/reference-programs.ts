import { vi } from 'vitest';
import { convert } from '../../src/core/dtype.ts';
import { Tensor } from '../../src/core/tensor.ts';
import { Program } from '../../src/compiler/program/index.ts';
import { evaluate } from '../../src/compiler/reference/index.ts';

/** Runs work with all programs evaluated by the reference, in float64 between the inputs and the results of each. */
export async function byReference<T>(work: () => Promise<T>): Promise<T> {
  const spy = vi.spyOn(Program.prototype, 'run').mockImplementation(function (this: Program, feeds) {
    const { outputs, updates } = evaluate(this.graph, feeds);
    for (const [variable, value] of updates) variable.assign(value);
    const types = this.graph.outputs.map(({ dtype }) => dtype);
    return Promise.resolve(outputs.map(({ data, shape }, i) => new Tensor(convert(data, types[i]!), shape, types[i])));
  });
  try {
    return await work();
  } finally {
    spy.mockRestore();
  }
}
