import type { AnyModel } from 'evenkeel';
import type { Tensor } from '../../src/core/tensor.ts';
import { isRecord } from '../../src/core/config.ts';
import { type Tree, flatten } from '../../src/core/tree.ts';
import { input } from '../../src/compiler/graph/leaves.ts';
import { Trace } from '../../src/compiler/graph/trace.ts';
import { Value } from '../../src/compiler/ir/value.ts';
import { isKerasTensor } from '../../src/keras/ops/base/keras-tensor.ts';
import { evaluate } from '../../src/compiler/reference/index.ts';

const isValue = (value: unknown): value is Value => value instanceof Value;

/** Values in the structure of a model's inputs: a record of several has the order of Keras. */
function arranged(model: AnyModel, values: readonly Value[]): Tree<Value> {
  const [first] = values;
  if (values.length === 1 && first !== undefined) return first;
  const structure: unknown = model.hasGraph ? model.input : null;
  if (isKerasTensor(structure) || !isRecord(structure)) return values;
  return Object.fromEntries(Object.keys(structure).map((key, i) => [key, values[i]!]));
}

/** The outputs of a model in inference, through the reference: flat, in the order of Keras. */
export function predictByReference(model: AnyModel, feeds: readonly Tensor[]): readonly Tensor[] {
  const inputs = feeds.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
  const trace = new Trace();
  for (const value of inputs) trace.adopt(value);
  const outputs = model.applyIn(trace, arranged(model, inputs), false, null);
  return evaluate({ inputs, outputs: flatten(outputs, isValue), updates: [] }, feeds).outputs;
}
