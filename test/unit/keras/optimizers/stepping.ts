import { Tensor } from '../../../../src/core/tensor.ts';
import { constant } from '../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import { verify } from '../../../../src/compiler/graph/verify.ts';
import { type Constraints, type Optimizer } from '../../../../src/keras/optimizers/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';

/** Makes a step by the reference, and updates the variables; returns the warnings. */
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
