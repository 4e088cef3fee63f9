import { expect } from 'vitest';
import type { Config } from '../../../../src/core/config.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import { constant } from '../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import { Variable } from '../../../../src/compiler/graph/variable.ts';
import { verify } from '../../../../src/compiler/graph/verify.ts';
import { type Constraints, type Optimizer, get, serialize } from '../../../../src/keras/optimizers/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import type { GoldenArray } from '../../../support/golden.ts';
import { lcg } from '../../../support/lcg.ts';

/** A variable of Keras's optimizer. */
export interface Slot {
  readonly name: string;
  readonly path: string;
  readonly value: GoldenArray;
}

const wide = (values: Float32Array, shape: readonly number[]): Tensor => new Tensor(Float64Array.from(values), shape);

/** The two variables of the golden files. */
export const kernelAndBias = (): [Variable, Variable] => [
  new Variable(wide(lcg([2, 3], 1), [2, 3]), { name: 'kernel' }),
  new Variable(wide(lcg([3], 2), [3]), { name: 'bias' }),
];

/** Makes a step by the reference, and writes what it says. */
export function step(
  optimizer: Optimizer,
  gradients: readonly (Tensor | null)[],
  variables: readonly Variable[],
  constraints: Constraints = new Map(),
): readonly string[] {
  const trace = new Trace();
  const values = gradients.map((gradient) => (gradient === null ? null : constant(gradient)));
  const warnings = optimizer.applyIn(trace, values, variables, { constraints });
  const graph = { inputs: [], outputs: [], updates: trace.updates };
  verify(graph, 'the step');
  for (const [variable, value] of evaluate(graph, [], { precise: true }).updates) variable.assign(value);
  return warnings;
}

/** The gradients of the two variables at a step of the golden files. */
export function gradientsAt(s: number, scale = 1): readonly Tensor[] {
  const scaled = (shape: readonly number[], seed: number): Tensor =>
    new Tensor(
      Float64Array.from(lcg(shape, seed), (g) => g * scale),
      shape,
    );
  return [scaled([2, 3], 10 + 2 * s), scaled([3], 11 + 2 * s)];
}

/** Holds an optimizer's config, and its serialized form, to the texts that Keras wrote. */
export function expectConfigOfKeras(optimizer: Optimizer, written: { config: string; serialized: string }): void {
  // A rate that is a number is float32 here, and was float64 in the run that wrote the file.
  const given = JSON.parse(written.config) as Config;
  const rate = given['learning_rate'] ?? null;
  const config = { ...given, learning_rate: typeof rate === 'number' ? Math.fround(rate) : rate };
  expect(JSON.stringify(optimizer.getConfig())).toBe(JSON.stringify(config));
  const serialized = JSON.parse(written.serialized) as { class_name: string; config: Config };
  expect(serialize(optimizer)).toEqual({ ...serialized, config });
  expect(JSON.stringify(get(serialized).getConfig())).toBe(JSON.stringify(config));
}
