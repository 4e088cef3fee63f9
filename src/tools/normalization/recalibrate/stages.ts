import { topologicalOrder } from '../../../compiler/graph/graph.ts';
import type { Node } from '../../../compiler/ir/value.ts';
import { BatchNormalization } from '../../../keras/layers/normalization/batch-normalization.ts';
import type { TracedCalls } from '../statistics/collect-statistics.ts';

/**
 * Groups batch normalization layers into stages: the input of a layer depends on layers of earlier stages only, so that the
 * layers of a stage can be recalibrated in one pass over the data. A layer that is called several times is in the stage of
 * its last call. Layers that the model does not call are in no stage.
 */
export function stagesOf({ calls }: TracedCalls): readonly (readonly BatchNormalization[])[] {
  const normalizations = calls.filter(({ layer }) => layer instanceof BatchNormalization);
  const outputsOf = new Map<Node, unknown>();
  for (const { layer, outputs } of normalizations) for (const { node } of outputs) outputsOf.set(node, layer);
  const order = topologicalOrder(normalizations.flatMap(({ outputs }) => outputs));
  const depths = new Map<Node, number>();
  const stages = new Map<BatchNormalization, number>();
  for (const node of order) {
    const below = Math.max(0, ...node.inputs.map((operand) => depths.get(operand.node) ?? 0));
    const layer = outputsOf.get(node);
    depths.set(node, layer === undefined ? below : below + 1);
    if (layer instanceof BatchNormalization) stages.set(layer, Math.max(stages.get(layer) ?? 0, below));
  }
  const grouped = new Map<number, BatchNormalization[]>();
  for (const [layer, stage] of stages) grouped.set(stage, [...(grouped.get(stage) ?? []), layer]);
  return [...grouped].sort(([a], [b]) => a - b).map(([, layers]) => layers);
}
