import { ValueError, show } from '../../core/errors.ts';
import { unknownName } from '../../core/checks.ts';
import { RandomStream } from '../../core/random.ts';
import { indexOfOffset, stridesOf } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import { tensor } from '../../core/tensor.ts';
import { type InputShape, checkInputShape } from '../../keras/layers/base/input-shape.ts';
import { Layer } from '../../keras/layers/index.ts';
import { type CheckGradientsOptions, type CheckSettings, readCheckOptions } from './check-options.ts';
import { type GradientEntry, type GradientReport, type Slopes, type TensorGradient, failure } from './report.ts';
import { sampleInputs } from './sample-inputs.ts';
import { type Target, TracedLayer } from './traced-layer.ts';

const WHO = 'checkGradients';

/**
 * Compares the gradients of a layer or model with central differences, computed in float64 without the engine.
 *
 * The differentiated function is Σ wᵢ yᵢ over all entries of the outputs, with random wᵢ in [0.5, 1.5), plus the penalties
 * on weights and outputs. The gradient for an entry x must equal (f(x + h) − f(x − h)) / 2h to a relative error of
 * `tolerance`. Random numbers, such as those of dropout, are drawn once. Neither weights nor state are changed; a layer that
 * is not built is built for the shape, as by a call.
 *
 * Shapes: `inputShape` is the shape of the input with the batch axis, or a list or record of shapes for several inputs; null
 * stands for 2 in the first axis and for 3 in others.
 *
 * At a kink, such as that of relu at 0, the difference is the mean of the slopes on both sides, with which no gradient can
 * agree; the random inputs are spread out and rarely that close to a kink. A gradient that is deliberately not the derivative,
 * because of `ops.stopGradient`, is reported as well.
 *
 * @throws ValueError if a gradient is wrong, with the worst entry; with `throws: false` only if something cannot be
 * checked. TypeError for unknown options and names.
 * @example
 * const report = checkGradients(new layers.Dense(3, { activation: 'tanh', name: 'dense' }), [null, 4]);
 * report.passed;                          // true
 * report.checked;                         // 23
 * report.tensors.map(({ of }) => of);     // ['input', 'dense/kernel', 'dense/bias']
 * class Stopped extends Layer {
 *   call(x) { return ops.add(ops.square(ops.stopGradient(x)), x); }
 * }
 * const { worst } = checkGradients(new Stopped(), [1], { inputs: [3], throws: false });
 * worst.numeric / worst.analytic;      // 7
 * @see https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html
 */
export function checkGradients(
  layer: Layer,
  inputShape: InputShape,
  options: CheckGradientsOptions = {},
): GradientReport {
  const given: unknown = layer;
  if (!(given instanceof Layer)) {
    throw new TypeError(`[${WHO}] layer must be a layer or a model. Received: layer=${show(given)}.`);
  }
  const settings = readCheckOptions(WHO, options);
  checkInputShape(inputShape, WHO);
  const random = new RandomStream(settings.seed);
  const inputs = sampleInputs(WHO, inputShape, options, random);
  const mask = options.mask === undefined || options.mask === null ? null : tensor(options.mask, undefined, 'bool');
  layer.ensureBuilt(inputShape);
  const call = { inputShape, inputs, mask, training: settings.training };
  const traced = new TracedLayer(WHO, layer, call, random, settings.jitter);
  const targets = chooseTargets(layer, traced.targets, settings.only);
  traced.checkFinite();
  const found = traced.gradients(targets);
  const tensors = targets.map((target, t) => checkTarget(traced, target, found[t] ?? null, settings, random));
  const worst = worstOf(tensors.map((each) => each.worst));
  const report: GradientReport = {
    passed: tensors.every(({ failed }) => failed === 0),
    checked: tensors.reduce((sum, { checked }) => sum + checked, 0),
    worst,
    tensors,
  };
  if (report.passed || !settings.throws) return report;
  throw failure(WHO, layer.who, report, settings.tolerance, slopesAt(traced, targets, worst, settings.step));
}

/** Returns the requested tensors; by default, the floating inputs and the trainable weights. */
function chooseTargets(layer: Layer, all: readonly Target[], only: readonly string[] | null): readonly Target[] {
  const names = all.map(({ name }) => name);
  for (const name of only ?? []) if (!names.includes(name)) throw unknownName(WHO, 'tensor', name, names);
  const frozen = new Set(layer.nonTrainableWeights.map(({ path }) => path));
  const chosen = all.filter(({ name, at }) => at.size > 0 && (only === null ? !frozen.has(name) : only.includes(name)));
  if (chosen.length > 0) return chosen;
  throw new ValueError(
    `[${WHO}] a floating input or a trainable weight is required. Received: ${layer.who} with ${names.length === 0 ? 'neither' : names.join(', ')}. Select other tensors with only.`,
  );
}

function checkTarget(
  traced: TracedLayer,
  target: Target,
  gradient: Tensor | null,
  settings: CheckSettings,
  random: RandomStream,
): TensorGradient {
  const { name, at } = target;
  const chosen = at.size <= settings.entries ? range(at.size) : choose(at.size, settings.entries, random);
  const numeric = chosen.map((i) => {
    const [above, below] = [moved(target, i, settings.step), moved(target, i, -settings.step)];
    const rise = traced.difference(traced.evaluateAt(target, above), traced.evaluateAt(target, below));
    return rise / ((above[i] ?? NaN) - (below[i] ?? NaN));
  });
  const scale = Math.sqrt(numeric.reduce((sum, entry) => sum + entry * entry, 0) / numeric.length);
  const entries = chosen.map((i, k): GradientEntry => {
    const pair = [gradient === null ? 0 : (gradient.data[i] ?? NaN), numeric[k] ?? NaN] as const;
    const [analytic, difference] = pair;
    const size =
      settings.floor + Math.max(Math.abs(analytic), Math.abs(difference), Number.isFinite(scale) ? scale : 0);
    const relativeError = pair.every(Number.isFinite) ? Math.abs(analytic - difference) / size : Infinity;
    return { of: name, index: indexOfOffset(i, at.shape), analytic, numeric: difference, relativeError };
  });
  return {
    of: name,
    connected: gradient !== null,
    checked: entries.length,
    failed: entries.filter(({ relativeError }) => relativeError > settings.tolerance).length,
    worst: worstOf(entries),
  };
}

/** Returns the elements of a target with one of them changed by a step. */
function moved({ at }: Target, index: number, step: number): Float64Array {
  const data = Float64Array.from(at.data);
  const x = data[index] ?? NaN;
  data[index] = x + step * Math.max(1, Math.abs(x));
  return data;
}

/** Returns the slopes on both sides of the worst entry. */
function slopesAt(traced: TracedLayer, targets: readonly Target[], worst: GradientEntry, step: number): Slopes {
  const target = targets.find(({ name }) => name === worst.of);
  if (target === undefined) return { below: NaN, above: NaN };
  const strides = stridesOf(target.at.shape);
  const index = worst.index.reduce((sum, i, axis) => sum + i * (strides[axis] ?? 0), 0);
  const here = traced.evaluateAt(null, null);
  const slope = (signed: number): number => {
    const data = moved(target, index, signed);
    const run = (data[index] ?? NaN) - (target.at.data[index] ?? NaN);
    return traced.difference(traced.evaluateAt(target, data), here) / run;
  };
  return { below: slope(-step), above: slope(step) };
}

function worstOf(entries: readonly GradientEntry[]): GradientEntry {
  return entries.reduce((worst, entry) => (entry.relativeError > worst.relativeError ? entry : worst));
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

function choose(size: number, count: number, random: RandomStream): readonly number[] {
  return [...random.permutation(size).subarray(0, count)].sort((a, b) => a - b);
}
