import { type EngineInfo, type Tensor, engineInfo, setEngine, tensor, utils } from 'evenkeel';
import { type Network, makeNetwork } from '../experiment/make-network.ts';
import {
  type NetworkName,
  type PerNetwork,
  networkNames,
  perNetwork,
  perNetworkInTurn,
} from '../experiment/networks.ts';
import { type EngineName, SEED, type Settings } from '../experiment/settings.ts';
import { type Batch, type DigitSets, PIXELS, batches, readDigits } from './digits.ts';
import { Probe, type ProbeReport } from './probe.ts';

/** Loss and accuracy of one batch. */
export interface BatchResult {
  readonly loss: number;
  readonly accuracy: number;
}

/** The news of a training, in the order in which they are sent. */
export type Progress =
  | { readonly kind: 'step'; readonly step: number; readonly epoch: number; readonly results: PerNetwork<BatchResult> }
  | { readonly kind: 'values'; readonly step: number; readonly values: ProbeReport }
  | { readonly kind: 'test'; readonly step: number; readonly epoch: number; readonly accuracies: PerNetwork<number> };

/** A digit of the test set. */
export interface TestDigit {
  readonly pixels: Float32Array<ArrayBuffer>;
  readonly label: number;
}

/** Digits in the observed batch, and in a batch of a test. */
const PROBE_DIGITS = 32;
const TEST_BATCH = 100;
/** Milliseconds between two observations of values. */
const PROBE_INTERVAL = 400;

interface Experiment {
  readonly networks: PerNetwork<Network>;
  readonly batches: Generator<Batch, never>;
  readonly probe: Probe;
  step: number;
  epoch: number;
}

/** The parts of a trainer's environment that tests replace. */
export interface TrainerOptions {
  /** @default fetch */
  readonly loadDigits?: (url: string) => Promise<Response>;
  /** @default setEngine */
  readonly chooseEngine?: (engine: EngineName) => void;
}

/** Trains the two networks of the page in turns, step by step, on the same batches. */
export class Trainer {
  readonly #loadDigits: (url: string) => Promise<Response>;
  readonly #chooseEngine: (engine: EngineName) => void;
  #digits: DigitSets | null = null;
  #experiment: Experiment | null = null;
  #isTraining = false;
  /** The end of the last task: tasks run one after another, as the networks are shared. */
  #last: Promise<unknown> = Promise.resolve();

  constructor({ loadDigits = (url: string) => fetch(url), chooseEngine = setEngine }: TrainerOptions = {}) {
    this.#loadDigits = loadDigits;
    this.#chooseEngine = chooseEngine;
  }

  /**
   * Loads the engine, and makes new networks. Returns which engine runs.
   * @param digitsUrl the place of the file of digits, which is loaded once
   */
  prepare(settings: Settings, digitsUrl: string): Promise<EngineInfo> {
    return this.#inTurn(async () => {
      this.#experiment = null;
      const digits = (this.#digits ??= await readDigits(await this.#loadDigits(digitsUrl)));
      utils.clearSession();
      this.#chooseEngine(settings.engine);
      const networks = perNetwork((name) => makeNetwork(settings, name === 'normalized'));
      this.#experiment = {
        networks,
        batches: batches(digits.train, settings.batchSize, SEED),
        probe: new Probe(networks, digits.test.first(PROBE_DIGITS).x),
        step: 0,
        epoch: 0,
      };
      return engineInfo();
    });
  }

  /** Trains until `pause` is called, or for a number of steps. */
  async train(report: (progress: Progress) => void, steps: number = Infinity): Promise<void> {
    this.#isTraining = true;
    let observed = -Infinity;
    try {
      for (let done = 0; done < steps && !this.#isPaused(); done++) {
        const endsEpoch = await this.#inTurn(() => this.#step(report));
        const isLast = done + 1 === steps;
        if (isLast || performance.now() - observed >= PROBE_INTERVAL) {
          await this.#inTurn(() => this.#observe(report));
          observed = performance.now();
        }
        if (endsEpoch) await this.#inTurn(() => this.#test(report));
        await nextTask();
      }
    } finally {
      this.#isTraining = false;
    }
  }

  /** Ends the training after the current step; `train` continues it. */
  pause(): void {
    this.#isTraining = false;
  }

  /** Sets the learning rate of both networks, from the next step on. */
  setLearningRate(learningRate: number): void {
    const networks = this.#experiment?.networks;
    if (networks === undefined) return;
    for (const name of networkNames) networks[name].model.optimizer.learningRate = learningRate;
  }

  /** Returns the probabilities of the ten digits for an image of 784 pixels from 0 to 1. */
  predict(pixels: Float32Array<ArrayBuffer>): Promise<PerNetwork<readonly number[]>> {
    const image = tensor(pixels, [pixels.length / PIXELS, 28, 28, 1]);
    return this.#inTurn(async () => {
      const { networks } = this.#prepared();
      return perNetworkInTurn(async (name) => Array.from(dataOf(await networks[name].model.predictOnBatch(image))));
    });
  }

  /** Returns a digit of the test set; the index wraps around. */
  testDigit(index: number): TestDigit {
    const { test } = this.#loaded();
    const wrapped = index % test.count;
    return { pixels: test.image(wrapped), label: test.labels[wrapped] ?? 0 };
  }

  /** Returns one of the networks as a `.keras` file. */
  kerasFile(name: NetworkName): Promise<Uint8Array> {
    return this.#inTurn(() => this.#prepared().networks[name].model.toBytes('keras'));
  }

  /** Whether `pause` was called, which happens between the steps. */
  #isPaused(): boolean {
    return !this.#isTraining;
  }

  async #step(report: (progress: Progress) => void): Promise<boolean> {
    const experiment = this.#prepared();
    const { x, y, epoch, endsEpoch } = experiment.batches.next().value;
    const results = await perNetworkInTurn(async (name): Promise<BatchResult> => {
      const logs = await experiment.networks[name].model.trainOnBatch(x, y);
      return { loss: logs['loss'] ?? NaN, accuracy: logs['accuracy'] ?? NaN };
    });
    experiment.step += 1;
    experiment.epoch = epoch;
    report({ kind: 'step', step: experiment.step, epoch, results });
    return endsEpoch;
  }

  async #observe(report: (progress: Progress) => void): Promise<void> {
    const { probe, step } = this.#prepared();
    report({ kind: 'values', step, values: await probe.observe() });
  }

  /** Measures the accuracy on digits that the networks have never seen. */
  async #test(report: (progress: Progress) => void): Promise<void> {
    const { networks, step, epoch } = this.#prepared();
    const { test } = this.#loaded();
    const { x, y } = test.first(test.count);
    const accuracies = await perNetworkInTurn(async (name) => {
      const { model } = networks[name];
      return (await model.evaluate(x, y, { batchSize: TEST_BATCH, verbose: 0 }))['accuracy'] ?? NaN;
    });
    report({ kind: 'test', step, epoch, accuracies });
  }

  #prepared(): Experiment {
    if (this.#experiment === null) throw new Error('There are no networks: call prepare first.');
    return this.#experiment;
  }

  #loaded(): DigitSets {
    if (this.#digits === null) throw new Error('There are no digits: call prepare first.');
    return this.#digits;
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Lets the worker receive messages, such as that to pause. Timers would wait for at least 4 ms. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

const dataOf = ({ data }: Tensor): Float32Array => data as Float32Array;
