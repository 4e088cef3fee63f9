import { type Tree, flatten } from '../../../core/tree.ts';
import { labelScope } from '../../../compiler/graph/graph.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import type { Regularizer } from '../../regularizers/index.ts';
import { penalizeOutputs } from './activity-penalty.ts';

/** The parts of a layer that the end of its calls needs. */
interface FinishingLayer {
  readonly name: string;
  readonly computeDtype: string;
  readonly computesInFloat32: boolean;
  readonly activityRegularizer: Regularizer | null;
  computeMask(inputs: Tree<Value>, mask: Value | null): Value | null;
}

/** The inputs and outputs of a call, and the mask of the first input. */
interface Called {
  readonly inputs: Tree<Value>;
  readonly outputs: readonly Value[];
  readonly mask: Value | null;
}

/** Ends a call: adds the penalty of the outputs, names the layer in what it computed, and sets the mask of the first output. */
export function finishCall(layer: FinishingLayer, trace: Trace, { inputs, outputs, mask }: Called): void {
  if (layer.activityRegularizer !== null) penalizeOutputs(trace, layer.activityRegularizer, outputs);
  const isHalf = layer.computeDtype === 'float16' && !layer.computesInFloat32;
  labelScope([...outputs, ...trace.losses], flatten(inputs, isValue), layer.name, isHalf);
  // A mask that the output already has (set by `call`, or that of an input passed through) is kept.
  const [first] = outputs;
  if (first === undefined || trace.maskOf(first) !== null) return;
  trace.setMask(first, layer.computeMask(inputs, mask));
}
