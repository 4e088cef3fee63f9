import { ValueError, show } from '../../../core/errors.ts';
import type { FilePath } from '../../../formats/files/files.ts';
import { Callback, type Logs } from '../../../keras/callbacks/callback.ts';
import { SaveFrequency } from '../../../keras/callbacks/save-frequency.ts';
import type { Layer } from '../../../keras/layers/base/layer.ts';
import type { AnyModel } from '../../../keras/models/model.ts';
import { takeArguments } from '../../../keras/saving/arguments.ts';
import type { Fields } from '../../../keras/saving/fields.ts';
import { inFeedTypes, readBatch } from '../../../keras/trainers/data-adapters/read-batch.ts';
import { type NamedLayer, layersIn } from '../../../keras/layers/base/named-layers.ts';
import type { BatchLike } from '../../../core/data.ts';
import type { Plot } from '../../plots/drawing/plot.ts';
import { checkBuiltModel, checkModel } from '../common/find-layers.ts';
import { type Statistic, partsOf } from '../inspect/parts.ts';
import { type MonitoredGradients, type NormalizationMonitorOptions, monitorFields } from './options.ts';
import { type MonitorPlotOptions, type MonitorQuantity, plotRecords } from './plot-records.ts';
import { Probe, type ProbeResult } from './probe.ts';
import type { MonitorRecord, MonitoredLayer } from './records.ts';
import { type RecordWriter, csvWriter, eventWriter } from './writers.ts';

const WHO = 'NormalizationMonitor';

const NO_PROBE: ProbeResult = { statistics: new Map(), inputs: {}, gradientNorms: {} };

/**
 * Records the normalization layers of a model during training: batch and moving statistics, γ and β of each layer, and on
 * request percentiles of the inputs of layers, as in Figure 1 of Ioffe and Szegedy, and norms of gradients. Records are
 * made before the first step and after each interval, kept in `records`, and written to a CSV file and to TensorBoard's
 * event files if there are paths for them.
 *
 * Batch statistics, percentiles and gradients are those of the probe, a batch that passes through the model as in a training
 * step, while dropout and noise are inactive. Callbacks do not see the batches of the training; pass one of them as the probe
 * to follow it. Without a probe, only the weights are recorded. Training is the same with and without the monitor.
 *
 * The CSV file has one number per line, in the columns step, epoch, name, quantity, channel and value. In TensorBoard, values
 * of channels are histograms, `bn/moving_mean`, and their medians are scalars, `bn/moving_mean_median`, like percentiles,
 * `act/input_percentile_50`, and norms, `net/dense/kernel/gradient_norm`.
 *
 * @throws TypeError for an unknown option or one of a wrong type; before the first step, ValueError for a model without
 * normalization layers, unknown names of layers, a probe that does not fit the model or lacks targets for gradients, a model
 * that is not built if there is a probe and a generator makes the data, and a file that cannot be written.
 * @example
 * const bn = new layers.BatchNormalization({ momentum: 0.5, name: 'bn' });
 * const model = new Sequential([Input({ shape: [1] }), bn, new layers.Dense(1)]);
 * model.compile({ optimizer: 'sgd', loss: 'mse' });
 * const monitor = new NormalizationMonitor({ probe: [[[1], [3]]], inputsOf: ['bn'], percentiles: [50] });
 * await model.fit([[1], [3]], [[0], [1]], { epochs: 1, verbose: 0, callbacks: [monitor] });
 * monitor.records.map(({ layers: [{ movingMean }] }) => movingMean);    // [[0], [1]]
 * monitor.records[1].layers[0].batchMean;                               // [2]
 * monitor.records[1].inputs;                                            // { bn: [2] }
 * @see https://arxiv.org/abs/1502.03167 (Ioffe and Szegedy 2015)
 */
export class NormalizationMonitor extends Callback {
  static override readonly className: string = WHO;
  static override readonly positional = [] as const;
  static override readonly fields: Fields = monitorFields;

  /** The batch from which statistics, percentiles and gradients are computed; null for none. */
  declare readonly probe: BatchLike | null;
  /** The interval of the records. */
  declare readonly updateFreq: 'epoch' | number;
  /** The names of the normalization layers; null for all. */
  declare readonly layers: readonly string[] | null;
  /** The names of the layers of whose inputs percentiles are recorded. */
  declare readonly inputsOf: readonly string[];
  /** The percentiles of the inputs. */
  declare readonly percentiles: readonly number[];
  /** The index along the last axis of the inputs; null for all elements. */
  declare readonly unit: number | null;
  /** The weights of whose gradients the norms are recorded. */
  declare readonly gradients: MonitoredGradients;
  /** The path of the CSV file; null for none. */
  declare readonly filename: FilePath | null;
  /** The folder of the event file for TensorBoard; null for none. */
  declare readonly logDir: FilePath | null;

  #records: MonitorRecord[] = [];
  #normalizations: readonly NamedLayer[] = [];
  #probe: Probe | null = null;
  #writers: readonly RecordWriter[] = [];
  #frequency = new SaveFrequency('epoch');
  #step = 0;
  #epoch = 0;

  constructor(options?: NormalizationMonitorOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  /** The records of the last training, in order; they are JSON. */
  get records(): readonly MonitorRecord[] {
    return this.#records;
  }

  /**
   * A plot of the records over the steps: the means or variances of batch and moving statistics (the median channel, with a
   * band from the 15th to the 85th percentile of the channels), γ, β, the percentiles of inputs, or the norms of gradients.
   *
   * @throws ValueError if there are no records of the quantity, or a name in `layers` is unknown.
   */
  plot(quantity: MonitorQuantity = 'mean', options: MonitorPlotOptions = {}): Plot {
    return plotRecords(`${WHO}.plot`, this.#records, this.percentiles, quantity, options);
  }

  override async onTrainBegin(): Promise<void> {
    const model = checkModel(WHO, this.model);
    const normalizations = this.#findNormalizations(model);
    const probe = await this.#makeProbe(model, normalizations);
    const { filename, logDir, percentiles } = this;
    const writers = [
      ...(filename === null ? [] : [csvWriter(WHO, filename, percentiles)]),
      ...(logDir === null ? [] : [eventWriter(WHO, logDir, percentiles)]),
    ];
    for (const writer of writers) await writer.open();
    this.#normalizations = normalizations;
    this.#probe = probe;
    this.#writers = writers;
    this.#records = [];
    this.#frequency = new SaveFrequency(this.updateFreq);
    this.#step = 0;
    this.#epoch = 0;
    if (model.built) await this.#record();
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  override async onTrainBatchEnd(batch: number): Promise<void> {
    this.#step++;
    if (this.#frequency.isDueAfter(batch)) await this.#record();
  }

  override async onEpochEnd(_epoch: number, _logs: Logs): Promise<void> {
    if (this.updateFreq === 'epoch') await this.#record();
  }

  #findNormalizations(model: AnyModel): readonly NamedLayer[] {
    const found = layersIn(model).filter(({ layer }) => isMonitored(layer));
    if (found.length === 0) {
      throw new ValueError(
        `[${WHO}] the model must have a normalization layer that training changes. Received: ${model.who} without one.`,
      );
    }
    return this.layers === null ? found : pick('layers', 'normalization layers', found, this.layers);
  }

  async #makeProbe(model: AnyModel, normalizations: readonly NamedLayer[]): Promise<Probe | null> {
    const inputsOf = pick('inputsOf', 'layers', layersIn(model), this.inputsOf);
    if (this.probe === null) {
      const needing = [
        ...(inputsOf.length > 0 ? ['inputsOf'] : []),
        ...(this.gradients === 'none' ? [] : ['gradients']),
      ];
      if (needing.length === 0) return null;
      throw new ValueError(
        `[${WHO}] ${needing.join(' and ')} must have a probe. Received: probe=null. Give a batch: probe: [x, y].`,
      );
    }
    checkBuiltModel(WHO, model);
    const [x, y = null, sampleWeight = null] = this.probe;
    const expected = model.expectedData;
    const batch = inFeedTypes(
      readBatch(`${WHO}, probe`, { x, y, sampleWeight, classWeight: null }, expected),
      expected.float,
    );
    const weights = this.#gradientWeights(model, normalizations);
    if (weights.length > 0) {
      if (y === null) {
        throw new ValueError(
          `[${WHO}] gradients must have a probe with targets. Received: a probe without. Give probe: [x, y].`,
        );
      }
      await resolveLoss(model, [x, y, sampleWeight]);
    }
    const { percentiles, unit } = this;
    return new Probe(WHO, model, batch, {
      ...{ inputsOf, percentiles, unit, weights },
      normalizations: normalizations.map(({ layer }) => layer),
    });
  }

  #gradientWeights(model: AnyModel, normalizations: readonly NamedLayer[]): AnyModel['trainableWeights'] {
    if (this.gradients === 'none') return [];
    const weights = model.trainableWeights;
    if (this.gradients === 'all') return weights;
    const own = new Set(normalizations.flatMap(({ layer }) => layer.ownWeights));
    return weights.filter((weight) => own.has(weight));
  }

  async #record(): Promise<void> {
    const { statistics, inputs, gradientNorms } = (await this.#probe?.run()) ?? NO_PROBE;
    const layers = this.#normalizations.map(({ name, layer }): MonitoredLayer => {
      const parts = partsOf(layer);
      const batch = statistics.get(layer);
      return {
        layer: name,
        batchMean: batch?.mean ?? null,
        batchVariance: batch?.variance ?? null,
        movingMean: numbersOf(parts?.statistics?.mean),
        movingVariance: numbersOf(parts?.statistics?.variance),
        gamma: numbersOf(parts?.gamma),
        beta: numbersOf(parts?.beta),
      };
    });
    const record = { step: this.#step, epoch: this.#epoch, layers, inputs, gradientNorms };
    this.#records.push(record);
    for (const writer of this.#writers) await writer.append(record);
  }
}

/** Whether a layer has values that training changes; `Normalization` and `UnitNormalization` have none. */
function isMonitored({ normalizationParts: parts }: Layer): boolean {
  return parts !== null && [parts.momentum, parts.gamma, parts.beta].some((part) => part !== undefined);
}

const numbersOf = (statistic: Statistic | null | undefined): readonly number[] | null =>
  statistic === null || statistic === undefined ? null : Array.from(statistic.values, Number);

function pick(
  option: string,
  kind: string,
  found: readonly NamedLayer[],
  wanted: readonly string[],
): readonly NamedLayer[] {
  return wanted.map((name) => {
    const named = found.find((each) => each.name === name);
    if (named !== undefined) return named;
    throw new ValueError(
      `[${WHO}] ${option} must be names of ${kind} of the model. Received: ${show(name)}. It has ${found.map((each) => each.name).join(', ')}.`,
    );
  });
}

/**
 * Checks the targets of the probe, and resolves the loss for them as the first step would. A layer that changes its state in
 * inference gets it back.
 */
async function resolveLoss(
  model: AnyModel,
  [x, y, sampleWeight]: readonly [BatchLike[0], BatchLike[1], BatchLike[2]],
): Promise<void> {
  const saved = model.weights.map((variable) => [variable, variable.value] as const);
  await model.testOnBatch(x, y, { sampleWeight });
  for (const [variable, value] of saved) if (variable.value !== value) variable.assign(value);
}
