import type { AnyModel } from 'evenkeel';
import type { Tensor } from '../../src/core/tensor.ts';
import { flatten } from '../../src/core/tree.ts';
import { input } from '../../src/compiler/graph/leaves.ts';
import { Trace } from '../../src/compiler/graph/trace.ts';
import { Value } from '../../src/compiler/ir/value.ts';
import { evaluate } from '../../src/compiler/reference/index.ts';

const isValue = (value: unknown): value is Value => value instanceof Value;

/** The outputs of a model in inference, through the reference: flat, in the order of Keras. */
export function predictByReference(model: AnyModel, feeds: readonly Tensor[]): readonly Tensor[] {
  const inputs = feeds.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
  const trace = new Trace();
  for (const value of inputs) trace.adopt(value);
  const outputs = model.applyIn(trace, inputs.length === 1 ? inputs[0]! : inputs, false, null);
  return evaluate({ inputs, outputs: flatten(outputs, isValue), updates: [] }, feeds).outputs;
}
