import { gradients } from '../../src/compiler/autodiff/index.ts';
import { Tensor } from '../../src/core/tensor.ts';
import { input } from '../../src/compiler/graph/leaves.ts';
import type { Value } from '../../src/compiler/ir/value.ts';
import { findTarget } from '../../src/compiler/lowering/emit/target.ts';
import { lower } from '../../src/compiler/lowering/lower.ts';
import * as ops from '../../src/keras/ops/index.ts';
import { Program } from '../../src/compiler/program/index.ts';
import { evaluate } from '../../src/compiler/reference/index.ts';
import { loadRuntime } from '../../src/compiler/runtime/index.ts';
import { expectClose } from './close.ts';
import { lcg } from './lcg.ts';

/** Runs y and all gradients on the engine, on numbers from a seed, and compares them with the float64 reference. */
export function checkForms(
  shapes: readonly (readonly number[])[],
  describeY: (...values: Value[]) => Value,
): Promise<Program> {
  const feeds = shapes.map((shape, i) => new Tensor(Float32Array.from(lcg(shape, i + 1)), shape));
  return checkFormsOf(feeds, describeY);
}

/** As {@link checkForms}, on given numbers. */
export async function checkFormsOf(
  feeds: readonly Tensor[],
  describeY: (...values: Value[]) => Value,
): Promise<Program> {
  const inputs = feeds.map(({ shape }, i) => input(`x${i}`, shape, 'float32'));
  const y = describeY(...inputs);
  const weights = new Tensor(Float32Array.from(lcg(y.knownShape, 99)), y.knownShape);
  const w = input('w', weights.shape, 'float32');
  const found = gradients(ops.sum(ops.multiply(y, w)), inputs);
  const graph = { inputs: [...inputs, w], outputs: [y, ...found.map((value) => value!)], updates: [] };
  const expected = evaluate(graph, [...feeds, weights]).outputs;
  const program = new Program(graph);
  const actual = await program.run([...feeds, weights]);
  for (const [i, output] of actual.entries())
    expectClose(output.data, expected[i]!.data, { rtol: i === 0 ? 1e-5 : 1e-4 });
  return program;
}

/** The operators of a program on this machine's engine, with their domains. */
export async function operatorsOf(program: Program): Promise<readonly string[]> {
  const target = await findTarget(await loadRuntime());
  const { model } = lower(program.graph, { ...target, hasConstantWeights: false });
  return model.graph.nodes.map(({ domain, opType }) => (domain === '' ? opType : `${domain}.${opType}`));
}
