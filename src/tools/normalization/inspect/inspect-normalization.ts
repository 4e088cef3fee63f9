import { show } from '../../../core/errors.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import { Layer } from '../../../keras/layers/base/layer.ts';
import { BaseModel } from '../../../keras/models/base-model.ts';
import { type Finding, type Severity, findingsOf } from './findings.ts';
import { type Parts, partsOf } from './parts.ts';

/** How a layer, or a model, is to be judged: by the worst that was found. */
export type NormalizationVerdict = 'fine' | 'suspicious' | 'broken';

/** The numbers of a weight at a glance; NaN and infinities are counted, and left out of the rest. */
export interface WeightRange {
  /** The weight's name in the layer: `gamma`, `moving_variance`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** null where there is no finite number. */
  readonly least: number | null;
  readonly mean: number | null;
  readonly greatest: number | null;
  readonly nonFinite: number;
}

/** What was found in a layer that normalizes. */
export interface InspectedNormalization {
  /** The layer's name; `outer/inner` within a model that is a layer. */
  readonly layer: string;
  readonly className: string;
  /** Whether training changes it. */
  readonly trainable: boolean;
  /** What is added to the variance; null for layers that add nothing. */
  readonly epsilon: number | null;
  readonly weights: readonly WeightRange[];
  readonly verdict: NormalizationVerdict;
  readonly findings: readonly Finding[];
}

/** What {@link inspectNormalization} found. */
export interface NormalizationReport {
  readonly model: string;
  readonly verdict: NormalizationVerdict;
  /** The layers that normalize, in the order of the model. */
  readonly layers: readonly InspectedNormalization[];
}

/**
 * Looks at the weights of a model's normalization layers, without data: statistics, scales and offsets, what is wrong or
 * suspicious about them, and what to do. Of every kind of layer that normalizes: batch, layer, group, instance, RMS and
 * unit normalization, the wrappers that normalize weights, and `Normalization`.
 *
 * - broken: NaN or infinities; a negative variance.
 * - suspicious: moving statistics at their initial values; a variance below ε / 1000 (a dead channel), below ε, or above
 *   1e8; a mean more than 1000 deviations from zero; γ that is 0 or below 0.001 in all channels; a momentum of 1.
 * - notes: γ that is 0, small or negative in some channels; a momentum of 0; a frozen layer.
 *
 * @throws TypeError if it is given no model.
 * @example
 * const bn = new layers.BatchNormalization({ name: 'bn' });
 * const model = new Sequential([Input({ shape: [2] }), bn]);
 * bn.movingMean?.assign([5, 0]);
 * bn.movingVariance?.assign([1, 0]);
 * const { verdict, layers: [found] } = inspectNormalization(model);
 * verdict;                         // 'suspicious'
 * found?.findings[0]?.kind;        // 'dead-channels'
 * found?.findings[0]?.channels;    // [1]
 * @see https://arxiv.org/abs/1502.03167 (Ioffe and Szegedy 2015)
 */
export function inspectNormalization(model: BaseModel): NormalizationReport {
  const given: unknown = model;
  if (!(given instanceof BaseModel)) {
    throw new TypeError(`[inspectNormalization] it takes a model. Received: ${show(given)}.`);
  }
  const layers = normalizationsIn(model).map(([name, parts]) => inspect(name, parts));
  return { model: model.name, verdict: worst(layers.map(({ verdict }) => verdict)), layers };
}

/** The layers that normalize, each once, with their names. */
function normalizationsIn(model: Layer): readonly (readonly [string, Parts])[] {
  const seen = new Set<Layer>();
  const found: (readonly [string, Parts])[] = [];
  const visit = (layer: Layer, prefix: string): void => {
    for (const inner of layer.sublayers) {
      if (seen.has(inner)) continue;
      seen.add(inner);
      const name = `${prefix}${inner.name}`;
      const parts = partsOf(inner);
      if (parts !== null) found.push([name, parts]);
      visit(inner, `${name}/`);
    }
  };
  visit(model, '');
  return found;
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
  let [least, greatest, sum, finite] = [Infinity, -Infinity, 0, 0];
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
    sum += value;
    finite++;
  }
  const range = finite === 0 ? { least: null, mean: null, greatest: null } : { least, mean: sum / finite, greatest };
  return { name, shape: [...shape], ...range, nonFinite: data.length - finite };
}
