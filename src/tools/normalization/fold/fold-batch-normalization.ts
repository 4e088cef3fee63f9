import { ValueError, show } from '../../../core/errors.ts';
import { checkOptions } from '../../../core/checks.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Layer } from '../../../keras/layers/base/layer.ts';
import { copyLayer, rebuildModel } from '../../../keras/models/cloning.ts';
import { type AnyModel, Model, isModel } from '../../../keras/models/model.ts';
import { Sequential } from '../../../keras/models/sequential.ts';
import { operandsOf } from '../../../keras/models/functional/call-graph.ts';
import { checkFold } from './check.ts';
import { type LeftNormalization, type MergedNormalization, planFold } from './plan.ts';

/** The outcome of folding for each normalization layer. */
export interface FoldReport {
  /** The layers that were merged, by name; `outer/inner` for a layer of a nested model. */
  readonly merged: readonly MergedNormalization[];
  /** The layers that were kept, with the reasons. */
  readonly left: readonly LeftNormalization[];
  /** The maximum error that folding caused in a layer's output on random inputs, relative to its root mean square. */
  readonly largestError: number;
}

/** Options of {@link foldBatchNormalization}. */
export interface FoldOptions {
  /** The maximum accepted error, relative to the root mean square of a layer's output. @default 1e-5 */
  readonly tolerance?: number | undefined;
}

/**
 * Returns a new model for inference in which batch normalization is merged into adjacent layers.
 *
 *     γ · (x ∗ K + b − μ) / √(σ² + ε) + β  =  x ∗ (s · K) + (s · (b − μ) + β),   s = γ / √(σ² + ε)
 *
 * A normalization is merged into a preceding dense or convolutional layer of any kind, or into a following one that does
 * not pad with zeros. In between there may be dropout, noise, pooling, up-sampling, cropping, `Flatten`, and activations
 * that commute with its scale and offset. It is kept if the value in between has several users, if one of the layers is
 * called several times, if it is called with `training: true`, or if it has several axes. Nested models are folded too.
 *
 * The weights are computed in float64, and each folded layer is compared with the layers that it replaces on random
 * inputs. The original model is unchanged. The result has a `foldReport`.
 *
 * @throws ValueError if the model is not built or is a subclass with its own `call`, or if folding changes an output by more
 * than `tolerance`
 * @example
 * const model = new Sequential([Input({ shape: [8, 8, 3] }), new layers.Conv2D(4, 3), new layers.BatchNormalization()]);
 * const folded = foldBatchNormalization(model);
 * folded.layers.length;          // 1
 * folded.foldReport.merged[0];   // { normalization: 'batch_normalization', into: 'conv2d', where: 'before' }
 * @see https://arxiv.org/abs/1712.05877 (Jacob et al. 2017, section 3.2)
 */
export function foldBatchNormalization(model: Sequential, options?: FoldOptions): Sequential & Folded;
export function foldBatchNormalization<Output extends Tree<Tensor>>(
  model: Model<Output>,
  options?: FoldOptions,
): Model<Output> & Folded;
export function foldBatchNormalization(model: AnyModel, options: FoldOptions = {}): AnyModel & Folded {
  const who = 'foldBatchNormalization';
  checkOptions(who, options, ['tolerance']);
  const { tolerance = 1e-5 } = options;
  if (!(model instanceof Model)) {
    throw new TypeError(`[${who}] expected a model. Received: ${show(model)}.`);
  }
  if (!(tolerance > 0))
    throw new ValueError(`[${who}] tolerance must be greater than 0. Received: tolerance=${show(tolerance)}.`);
  if (!model.built) {
    throw new ValueError(
      `[${who}] the model must be built. Received: ${model.who}. Call build([…]), or load its weights.`,
    );
  }
  const { folded, report } = fold(model);
  if (!(report.largestError <= tolerance)) {
    throw new ValueError(
      `[${who}] folding must not change any output by more than ${tolerance}, relative to its root mean square. Received: ${report.largestError.toExponential(1)} in ${report.worst}. Use a larger tolerance, or keep the model as it is.`,
    );
  }
  const { merged, left, largestError } = report;
  return Object.assign(folded, { foldReport: { merged, left, largestError } });
}

/** The property that folding adds to a model. */
export interface Folded {
  readonly foldReport: FoldReport;
}

interface Result {
  readonly folded: AnyModel;
  readonly report: FoldReport & { readonly worst: string };
}

function fold(model: AnyModel): Result {
  const network = model instanceof Model ? model.network : null;
  const plan = network === null ? null : planFold(network);
  const inner: { prefix: string; report: Result['report'] }[] = [];
  const copies = new Map<Layer, Layer>();
  const folded = rebuildModel(
    model,
    'foldBatchNormalization',
    (layer) => {
      const made = copyFor(layer);
      copies.set(layer, made);
      return made;
    },
    (node, madeFor, repeat) => {
      const [input] = operandsOf(node);
      return input !== undefined && plan?.removed.has(node) === true ? madeFor(input) : repeat();
    },
  );
  if (plan === null) return { folded, report: { merged: [], left: [], largestError: 0, worst: '' } };
  for (const [layer, copy] of copies) {
    if (copy === layer || copy instanceof Model) continue;
    copy.setWeights(plan.kernels.get(layer)?.getWeights() ?? layer.getWeights());
  }
  const errors = [...checkFold(plan, (layer) => copies.get(layer) ?? layer)];
  for (const { prefix, report } of inner) errors.push([`${prefix}/${report.worst}`, report.largestError]);
  const [worst, largestError] = errors.reduce(
    (most, one) => (one[1] > most[1] || Number.isNaN(one[1]) ? one : most),
    ['', 0],
  );
  const below = <T extends { normalization: string }>(list: (report: FoldReport) => readonly T[]): readonly T[] =>
    inner.flatMap(({ prefix, report }) =>
      list(report).map((entry) => ({ ...entry, normalization: `${prefix}/${entry.normalization}` })),
    );
  return {
    folded,
    report: {
      merged: [...plan.merged, ...below((report) => report.merged)],
      left: [...plan.left, ...below((report) => report.left)],
      largestError,
      worst,
    },
  };

  function copyFor(layer: Layer): Layer {
    if (isModel(layer) && layer.network !== null) {
      const nested = fold(layer);
      inner.push({ prefix: layer.name, report: nested.report });
      return nested.folded;
    }
    const kernel = plan?.kernels.get(layer);
    if (kernel === undefined) return copyLayer(layer);
    const config = { ...layer.getConfig(), use_bias: kernel.useBias };
    return (layer.constructor as typeof Layer).fromConfig(config);
  }
}
