import { NotImplementedError, InternalError } from '../../core/errors.ts';
import type { KnownShape } from '../../core/shape.ts';
import { type Tree, fillTree, flatten } from '../../core/tree.ts';
import type { Graph } from '../../compiler/graph/graph.ts';
import { input } from '../../compiler/graph/leaves.ts';
import { Trace } from '../../compiler/graph/trace.ts';
import { type Value, isValue } from '../../compiler/ir/value.ts';
import { verify } from '../../compiler/graph/verify.ts';
import type { Layer } from '../layers/index.ts';
import { type Lowered, lower } from '../../compiler/lowering/lower.ts';
import { PORTABLE } from '../../compiler/lowering/emit/target.ts';
import { freezeVariables, foldWeights, optimize, optimizeFrozen } from '../../compiler/passes/index.ts';
import { type ExportInput, isExportInput } from './signature.ts';
import { namesReadBy } from '../../compiler/onnx/index.ts';
import type { WeightNames } from './weight-names.ts';

export interface LowerOptions {
  readonly foldBatchNormalization: boolean;
  readonly names: WeightNames;
}

/** A model's prediction for inputs of fixed shapes, as a portable ONNX graph that contains the weights. */
export interface LoweredModel {
  readonly lowered: Lowered;
  /** The outputs in the structure that the model returns. */
  readonly form: Tree<Value>;
}

/** Traces a model in inference mode, freezes its weights into constants, and lowers it for portable runtimes. */
export function lowerModel(
  who: string,
  model: Layer,
  signature: Tree<ExportInput>,
  shapes: readonly KnownShape[],
  { foldBatchNormalization, names }: LowerOptions,
): LoweredModel {
  const trace = new Trace();
  const inputs = flatten(signature, isExportInput).map(({ name, dtype }, i) => input(name, shapes[i] ?? [], dtype));
  for (const value of inputs) trace.adopt(value);
  const form = model.applyIn(trace, fillTree(signature, isExportInput, inputs), false, null);
  // A file has no state: updates that layers make in inference are dropped.
  const graph: Graph = { inputs, outputs: flatten(form, isValue), updates: [] };
  verify(graph, 'tracing');
  const fold = (current: Graph): Graph => foldWeights(current, names.folded, (made, from) => names.derive(made, from));
  const frozen = fold(freezeVariables(optimize(graph)).graph);
  const last = fold(foldBatchNormalization ? optimizeFrozen(frozen) : optimize(frozen));
  verify(last, 'folding weights');
  const lowered = lower(last, PORTABLE);
  checkPortable(who, lowered);
  return { lowered, form };
}

function checkPortable(who: string, { model, randoms, scopes }: Lowered): void {
  const foreign = model.graph.nodes.find(({ domain }) => domain !== '');
  if (foreign !== undefined) throw new InternalError(`${foreign.opType} of ${foreign.domain} in a portable file.`);
  const [random] = randoms;
  if (random === undefined) return;
  const user = model.graph.nodes.find((node) => namesReadBy(node).includes(random.name));
  const layer = scopes.get(user?.name ?? '') ?? 'the model';
  throw new NotImplementedError(
    `[${who}] a file cannot draw random numbers. Received: ${layer}, which draws them in inference. Remove that layer.`,
  );
}
