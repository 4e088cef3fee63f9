import type { Variable } from '../../../compiler/ir/variable.ts';
import type { AnyModel } from '../../../keras/models/model.ts';
import { layersIn } from '../../../keras/layers/base/named-layers.ts';
import { type Finding, type Severity, findingsOf } from './findings.ts';
import { checkModel } from '../common/find-layers.ts';
import { type Parts, partsOf } from './parts.ts';

/** The verdict on a layer or a model: that of its most severe finding. */
export type NormalizationVerdict = 'fine' | 'suspicious' | 'broken';

/** The range of a weight. NaN and infinities are counted, and excluded from the other numbers. */
export interface WeightRange {
  /** The weight's name in the layer: `gamma`, `moving_variance`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The minimum; null if there is no finite element. */
  readonly minimum: number | null;
  readonly mean: number | null;
  readonly maximum: number | null;
  readonly nonFinite: number;
}

/** The findings in one normalization layer. */
export interface InspectedNormalization {
  /** The layer's name; `outer/inner` for a layer of a nested model. */
  readonly layer: string;
  readonly className: string;
  /** Whether the layer is trainable. */
  readonly trainable: boolean;
  /** ε, added to the variance; null for layers without it. */
  readonly epsilon: number | null;
  readonly weights: readonly WeightRange[];
  readonly verdict: NormalizationVerdict;
  readonly findings: readonly Finding[];
}

/** The result of {@link inspectNormalization}. */
export interface NormalizationReport {
  readonly model: string;
  readonly verdict: NormalizationVerdict;
  /** The normalization layers, in the order of the model. */
  readonly layers: readonly InspectedNormalization[];
}

/**
 * Inspects the weights of a model's normalization layers without data, and reports wrong or suspicious statistics, scales
 * and offsets, with remedies. Covers batch, layer, group, instance, RMS and unit normalization, the wrappers that normalize
 * weights, and `Normalization`.
 *
 * - broken: NaN or infinities; a negative variance.
 * - suspicious: moving statistics at their initial values; a variance below ε / 1000 (a dead channel) or below ε in more
 *   than half of the channels, or above 1e8; a mean more than 1000 standard deviations from 0; γ that is 0 or below 0.001 in
 *   all channels; a momentum of 1.
 * - notes: such a variance in fewer channels; γ that is 0, small or negative in some channels; a momentum of 0; a frozen
 *   layer.
 *
 * @throws TypeError if the argument is not a model
 * @example
 * const bn = new layers.BatchNormalization({ name: 'bn' });
 * const model = new Sequential([Input({ shape: [3] }), bn]);
 * bn.movingMean.assign([5, 0, 0]);
 * bn.movingVariance.assign([1, 0, 0]);
 * const { verdict, layers: [found] } = inspectNormalization(model);
 * verdict;                         // 'suspicious'
 * found?.findings[0]?.kind;        // 'dead-channels'
 * found?.findings[0]?.channels;    // [1, 2]
 * @see https://arxiv.org/abs/1502.03167 (Ioffe and Szegedy 2015)
 */
export function inspectNormalization(model: AnyModel): NormalizationReport {
  const layers = normalizationsIn(checkModel('inspectNormalization', model)).map(([name, parts]) =>
    inspect(name, parts),
  );
  return { model: model.name, verdict: worst(layers.map(({ verdict }) => verdict)), layers };
}

/** Returns the normalization layers with their names, each once. */
function normalizationsIn(model: AnyModel): readonly (readonly [string, Parts])[] {
  return layersIn(model).flatMap(({ name, layer }) => {
    const parts = partsOf(layer);
    return parts === null ? [] : [[name, parts] as const];
  });
}

function inspect(name: string, parts: Parts): InspectedNormalization {
  const { layer, epsilon } = parts;
  const weights = layer.ownWeights.map(rangeOf);
  const nonFinite = weights.filter((weight) => weight.nonFinite > 0).map((weight) => weight.name);
  const findings = findingsOf(parts, nonFinite);
  return {
    layer: name,
    className: layer.className,
    trainable: layer.trainable,
    epsilon,
    weights,
    verdict: worst(findings.map(({ severity }) => verdictOf(severity))),
    findings,
  };
}

const verdictOf = (severity: Severity): NormalizationVerdict => (severity === 'note' ? 'fine' : severity);

function worst(verdicts: readonly NormalizationVerdict[]): NormalizationVerdict {
  if (verdicts.includes('broken')) return 'broken';
  return verdicts.includes('suspicious') ? 'suspicious' : 'fine';
}

function rangeOf({ name, shape, value: { data } }: Variable): WeightRange {
  let [minimum, maximum, sum, finite] = [Infinity, -Infinity, 0, 0];
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
    sum += value;
    finite++;
  }
  const range = finite === 0 ? { minimum: null, mean: null, maximum: null } : { minimum, mean: sum / finite, maximum };
  return { name, shape: [...shape], ...range, nonFinite: data.length - finite };
}
