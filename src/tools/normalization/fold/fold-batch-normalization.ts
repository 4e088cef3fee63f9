import { ValueError, show } from '../../../core/errors.ts';
import { checkOptions } from '../../../core/checks.ts';
import type { Layer } from '../../../keras/layers/base/layer.ts';
import { copyLayer, rebuildModel } from '../../../keras/models/clone/clone-model.ts';
import { BaseModel } from '../../../keras/models/base-model.ts';
import { Model, Sequential } from '../../../keras/models/model.ts';
import { operandsOf } from '../../../keras/models/functional/graph.ts';
import { checkFold } from './check.ts';
import { type LeftNormalization, type MergedNormalization, planFold } from './plan.ts';

/** What became of each normalization. */
export interface FoldReport {
  /** Those that other layers hold now, by name; `outer/inner` within a model that is a layer. */
  readonly merged: readonly MergedNormalization[];
  /** Those that stay, and why. */
  readonly left: readonly LeftNormalization[];
  /**
   * The largest difference that folding made to a layer's result, on random numbers, relative to their root mean square.
   */
  readonly largestError: number;
}

/** Options of {@link foldBatchNormalization}. */
export interface FoldOptions {
  /** The largest difference that is accepted, relative to the root mean square of a layer's result. @default 1e-5 */
  readonly tolerance?: number | undefined;
}

/**
 * A new model for inference in which batch normalization is merged into the layers beside it.
 *
 *     γ · (x ∗ K + b − μ) / √(σ² + ε) + β  =  x ∗ (s · K) + (s · (b − μ) + β),   s = γ / √(σ² + ε)
 *
 * Dense layers and convolutions of every kind take up a normalization after them, and one before them where they pad with
 * no zeros. On the way it passes dropout and noise, pooling, up-sampling, cropping, `Flatten`, and activations as far as
 * its scale and offset allow. What several layers need, or a layer that is called several times, is left as it is; so is
 * a normalization that trains (`training: true`) or has several axes. Models that are layers are folded inside.
 *
 * The weights are computed in float64, and each folded layer is compared with what it stands for on random numbers. The
 * model that is given stays as it is. `foldReport` of the result tells what was done.
 *
 * @throws ValueError if the model is not built, or is of a class of its own, or if folding changes a result by more than
 * `tolerance`.
 * @example
 * const model = new Sequential([Input({ shape: [8, 8, 3] }), new layers.Conv2D(4, 3), new layers.BatchNormalization()]);
 * const folded = foldBatchNormalization(model);
 * folded.layers.length;          // 1
 * folded.foldReport.merged[0];   // { normalization: 'batch_normalization', into: 'conv2d', where: 'before' }
 * @see https://arxiv.org/abs/1712.05877 (Jacob et al. 2017, section 3.2)
 */
export function foldBatchNormalization(model: Sequential, options?: FoldOptions): Sequential & Folded;
export function foldBatchNormalization(model: BaseModel, options?: FoldOptions): Model & Folded;
export function foldBatchNormalization(model: BaseModel, options: FoldOptions = {}): Model & Folded {
  const who = 'foldBatchNormalization';
  checkOptions(who, options, ['tolerance']);
  const { tolerance = 1e-5 } = options;
  if (!(model instanceof BaseModel)) {
    throw new TypeError(`[${who}] it takes a model. Received: ${show(model)}.`);
  }
  if (!(tolerance > 0))
    throw new ValueError(`[${who}] tolerance must be above 0. Received: tolerance=${show(tolerance)}.`);
  if (!model.built) {
    throw new ValueError(
      `[${who}] the model must be built. Received: ${model.who}. Call build([…]) or load its weights.`,
    );
  }
  const { folded, report } = fold(model);
  if (!(report.largestError <= tolerance)) {
    throw new ValueError(
      `[${who}] folding must change no result by more than ${tolerance}, relatively. Received: ${report.largestError.toExponential(1)} in ${report.worst}. Give a larger tolerance, or leave that model as it is.`,
    );
  }
  const { merged, left, largestError } = report;
  return Object.assign(folded, { foldReport: { merged, left, largestError } });
}

/** What folding adds to a model. */
export interface Folded {
  readonly foldReport: FoldReport;
}

interface Result {
  readonly folded: Model;
  readonly report: FoldReport & { readonly worst: string };
}

function fold(model: BaseModel): Result {
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
    if (layer instanceof Model && layer.network !== null) {
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
