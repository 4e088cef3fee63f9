import { ValueError } from '../../core/errors.ts';
import { checkOptions } from '../../core/checks.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Tree } from '../../core/tree.ts';
import { CallbackList } from '../callbacks/callback-list.ts';
import type { Logs } from '../callbacks/callback.ts';
import type { History } from '../callbacks/history.ts';
import type { Compiled } from './compile/compiled.ts';
import { splitArrays } from './data-adapters/array-source.ts';
import type { Batch } from './data-adapters/batch.ts';
import { type ClassWeight, readClassWeight } from './data-adapters/class-weight.ts';
import { Epochs } from './data-adapters/epochs.ts';
import { readBatch } from './data-adapters/iterable-source.ts';
import { type WeightsLike, isBatchIterable } from './data-adapters/read-data.ts';
import { terminal } from '#terminal';
import { runEvaluation } from './evaluate.ts';
import { FitRun } from './fit.ts';
import {
  type EvaluateOptions,
  type FitOptions,
  type FitSettings,
  type PredictOptions,
  type RunSettings,
  readEvaluateOptions,
  readFitOptions,
  readPredictOptions,
} from './fit-options.ts';
import type { TrainingHost } from './host.ts';
import { BAKE_FROM, runPrediction } from './predict.ts';
import { type FitData, readFitData, readValidation } from './fit-data.ts';
import { makeSource, readArrays } from './read-source.ts';
import { versionsOf } from './steps/steps.ts';

/** Options of `testOnBatch`. */
export interface OnBatchOptions {
  /** What each row counts for in the loss; for several outputs one for all, or one for each. @default null, all alike */
  readonly sampleWeight?: WeightsLike | null | undefined;
}

/** Options of `trainOnBatch`. */
export interface TrainOnBatchOptions extends OnBatchOptions {
  /** What rows of a class count for in the loss. @default null, all alike */
  readonly classWeight?: ClassWeight | null | undefined;
}

/** The training API of one model. All arguments are checked before anything changes. */
export class Trainer {
  readonly #host: TrainingHost;
  /** The method that trains now. */
  #training: string | null = null;
  /** The state of the weights at the last `predictOnBatch`. */
  #predictedWith: string | null = null;

  constructor(host: TrainingHost) {
    this.#host = host;
  }

  get #who(): string {
    return this.#host.model.who;
  }

  /** @throws ValueError if a training of this model is under way. */
  refuseWhileTraining(method: string): void {
    if (this.#training === null) return;
    throw new ValueError(
      `[${this.#who}] ${method} cannot begin while ${this.#training} is training this model. Wait for its promise first.`,
    );
  }

  async fit(x: unknown, y: unknown, options: FitOptions): Promise<History> {
    this.#host.compiled('fit');
    this.refuseWhileTraining('fit');
    const settings = readFitOptions(this.#who, options);
    const { training, validation } = this.#fitData(x, y, options, settings);
    const run = new FitRun(this.#host, settings, training, validation);
    return this.#train('fit', () => run.run());
  }

  #fitData(
    x: unknown,
    y: unknown,
    options: FitOptions,
    settings: FitSettings,
  ): { readonly training: FitData; readonly validation: FitData | null } {
    const given = { x, y, sampleWeight: options.sampleWeight, classWeight: settings.classWeight };
    const { float } = this.#host;
    const arrays = readArrays(this.#who, given, float);
    if (settings.validationSplit === 0) {
      return {
        training: readFitData(this.#who, given, arrays, settings, float),
        validation: readValidation(this.#who, options.validationData, settings, float),
      };
    }
    if (arrays === null) {
      throw new ValueError(`[${this.#who}] validationSplit needs data in arrays. Received: an iterable of batches.`);
    }
    const at = Math.floor(arrays.rows * (1 - settings.validationSplit));
    if (at === 0 || at === arrays.rows) {
      throw new ValueError(
        `[${this.#who}] validationSplit must leave rows on both sides. Received: validationSplit=${settings.validationSplit} of ${arrays.rows} rows.`,
      );
    }
    const [first, last] = splitArrays(arrays, at);
    const ofValidation = { ...settings, batchSize: settings.validationBatchSize, shuffle: false };
    return {
      training: readFitData(this.#who, given, first, settings, float),
      validation: readFitData(this.#who, given, last, ofValidation, float),
    };
  }

  async evaluate(x: unknown, y: unknown, options: EvaluateOptions): Promise<Logs> {
    const compiled = this.#host.compiled('evaluate');
    const settings = readEvaluateOptions(this.#who, options);
    const given = { x, y, sampleWeight: options.sampleWeight, classWeight: null };
    const { float } = this.#host;
    const arrays = readArrays(this.#who, given, float);
    const { batchSize, steps, signal } = settings;
    const source = makeSource(this.#who, given, arrays, { batchSize, shuffle: false, float, needsTargets: true });
    const epochs = new Epochs(this.#who, source, steps);
    const callbacks = this.#callbacks(settings, epochs.stepCount);
    return this.#guard(callbacks, () =>
      this.#apart(compiled, () =>
        runEvaluation(this.#host, { compiled, epochs, arrays, callbacks, signal, bakeFrom: BAKE_FROM }),
      ),
    );
  }

  async predict(x: unknown, options: PredictOptions): Promise<Tree<Tensor>> {
    const settings = readPredictOptions(this.#who, options);
    const given = { x, y: null, sampleWeight: null, classWeight: null };
    const { float } = this.#host;
    const arrays = readArrays(this.#who, given, float);
    const { batchSize, steps, signal } = settings;
    const source = makeSource(this.#who, given, arrays, { batchSize, shuffle: false, float, needsTargets: false });
    const epochs = new Epochs(this.#who, source, steps);
    const callbacks = this.#callbacks(settings, epochs.stepCount);
    const rows = steps === null ? source.rowCount : null;
    return this.#guard(callbacks, () => runPrediction(this.#host, { epochs, rows, callbacks, signal }));
  }

  async trainOnBatch(x: unknown, y: unknown, options: TrainOnBatchOptions): Promise<Logs> {
    const compiled = this.#host.compiled('trainOnBatch');
    this.refuseWhileTraining('trainOnBatch');
    checkOptions(this.#who, options, ['sampleWeight', 'classWeight']);
    const batch = this.#batch(x, y, options);
    return this.#train('trainOnBatch', async () => {
      this.#host.build(batch);
      this.#host.steps.prepareTraining(compiled, batch);
      compiled.checkTargets(batch.y);
      return countingAnew(compiled, async () => (await this.#host.steps.train(compiled, batch)).logs);
    });
  }

  async testOnBatch(x: unknown, y: unknown, options: OnBatchOptions): Promise<Logs> {
    const compiled = this.#host.compiled('testOnBatch');
    checkOptions(this.#who, options, ['sampleWeight']);
    const batch = this.#batch(x, y, options);
    this.#host.build(batch);
    this.#host.steps.prepareTest(compiled, batch);
    compiled.checkTargets(batch.y);
    return this.#apart(compiled, () =>
      countingAnew(compiled, async () => (await this.#host.steps.test(compiled, batch, false)).logs),
    );
  }

  async predictOnBatch(x: unknown): Promise<Tree<Tensor>> {
    const batch = this.#batch(x, null, {});
    this.#host.build(batch);
    // Weights that have not changed since the call before are likely to stay, and worth baking into the program.
    const versions = versionsOf(this.#host.model.weights);
    const bake = versions === this.#predictedWith;
    this.#predictedWith = versions;
    return this.#host.steps.predict(batch, bake);
  }

  #batch(x: unknown, y: unknown, options: TrainOnBatchOptions): Batch {
    if (isBatchIterable(x)) {
      throw new TypeError(`[${this.#who}] one batch must be arrays. Received: an iterable of batches; give it to fit.`);
    }
    return readBatch([x, y, options.sampleWeight ?? null], {
      who: this.#who,
      float: this.#host.float,
      classWeight: readClassWeight(this.#who, options.classWeight),
      needsTargets: false,
    });
  }

  #callbacks(settings: RunSettings, steps: number | null): CallbackList {
    const automatic = terminal.interactive ? 1 : 0;
    const verbose = settings.verbose === 'auto' ? automatic : settings.verbose;
    return new CallbackList(settings.callbacks, {
      model: this.#host.model,
      params: { verbose, epochs: 1, steps },
      addProgbar: verbose !== 0,
    });
  }

  /** Notes that a training is under way, so that no second one begins. */
  async #train<T>(method: string, work: () => Promise<T>): Promise<T> {
    this.#training = method;
    try {
      return await work();
    } finally {
      this.#training = null;
    }
  }

  async #guard<T>(callbacks: CallbackList, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      callbacks.interrupt();
      throw error;
    }
  }

  /** Keeps what the metrics have counted in a training that is under way: a callback may evaluate. */
  async #apart<T>(compiled: Compiled, work: () => Promise<T>): Promise<T> {
    if (this.#training === null) return work();
    const kept = keepMetrics(compiled);
    try {
      return await work();
    } finally {
      kept.putBack();
    }
  }
}

/** Metrics count from zero in a step; if it fails, they are what they were. */
async function countingAnew<T>(compiled: Compiled, work: () => Promise<T>): Promise<T> {
  const kept = keepMetrics(compiled);
  compiled.resetMetrics();
  try {
    return await work();
  } catch (error) {
    kept.putBack();
    throw error;
  }
}

/** What the metrics have counted, to be put back. */
function keepMetrics(compiled: Compiled): { putBack(): void } {
  const kept = compiled.metricVariables.map((variable) => [variable, variable.value] as const);
  return {
    putBack: () => {
      for (const [variable, value] of kept) variable.assign(value);
    },
  };
}
