import { type Remote, proxy, wrap } from 'comlink';
import type { EngineInfo } from 'evenkeel';
import type { NetworkName, PerNetwork } from '../experiment/networks.ts';
import type { Settings } from '../experiment/settings.ts';
import type { Progress, TestDigit, Trainer } from '../training/trainer.ts';
import TrainerWorker from '../training/trainer.worker.ts?worker';

/** The state of the session. */
export type SessionState = 'idle' | 'preparing' | 'training' | 'pausing' | 'paused';

/** The receiver of what happens in a session. */
export interface SessionListener {
  state: (state: SessionState) => void;
  progress: (progress: Progress) => void;
  /** The engine of the settings was loaded. */
  loaded: (engine: EngineInfo) => void;
  /** The networks were given up; the next step begins with new ones. */
  cleared: () => void;
  failed: (error: unknown) => void;
}

/** The trainer in its worker. The networks are made when they are first needed. */
export class TrainingSession {
  readonly #listener: SessionListener;
  readonly #trainer: Remote<Trainer>;
  /** Rejected if the worker cannot run. */
  readonly #broken: Promise<never>;
  #settings: Settings;
  #prepared: Promise<EngineInfo> | null = null;
  #running: Promise<void> | null = null;
  /** Whether the visitor wants the training to go on, also with other settings. */
  #wanted = false;
  #changes = 0;

  constructor(settings: Settings, listener: SessionListener) {
    this.#settings = settings;
    this.#listener = listener;
    const worker = new TrainerWorker();
    this.#broken = new Promise((_, reject) => {
      worker.addEventListener('error', ({ message }) =>
        reject(new Error(message || 'The worker could not be loaded.')),
      );
    });
    this.#broken.catch(() => undefined);
    this.#trainer = wrap<Trainer>(worker);
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** Starts or continues the training. */
  train(): void {
    this.#wanted = true;
    this.#run(Infinity);
  }

  /** Trains for one step. */
  step(): void {
    this.#run(1);
  }

  /** Ends the training after the present step. */
  async pause(): Promise<void> {
    this.#wanted = false;
    await this.#stop();
  }

  /** Gives up the networks. A training goes on with new ones. */
  async startOver(settings: Settings): Promise<void> {
    const change = ++this.#changes;
    this.#settings = settings;
    await this.#stop();
    // Several changes may have waited for the same step.
    if (change !== this.#changes) return;
    this.#prepared = null;
    this.#listener.cleared();
    this.#listener.state('idle');
    if (this.#wanted) this.#run(Infinity);
  }

  /** Sets the learning rate of the next steps. */
  async setLearningRate(settings: Settings): Promise<void> {
    this.#settings = settings;
    if (this.#prepared !== null) await this.#call(this.#trainer.setLearningRate(settings.learningRate));
  }

  async predict(pixels: Float32Array<ArrayBuffer>): Promise<PerNetwork<readonly number[]>> {
    await this.#prepare();
    return this.#call(this.#trainer.predict(pixels));
  }

  async testDigit(index: number): Promise<TestDigit> {
    await this.#prepare();
    return this.#call(this.#trainer.testDigit(index));
  }

  /** Returns a network as a `.keras` file. */
  async kerasFile(name: NetworkName): Promise<Uint8Array> {
    await this.#prepare();
    return this.#call(this.#trainer.kerasFile(name));
  }

  #run(steps: number): void {
    if (this.#running !== null) return;
    this.#running = Promise.resolve()
      .then(() => this.#train(steps))
      .catch((error: unknown) => {
        this.#wanted = false;
        this.#listener.failed(error);
      })
      .finally(() => {
        this.#running = null;
        this.#listener.state('paused');
      });
  }

  async #train(steps: number): Promise<void> {
    const change = this.#changes;
    await this.#prepare();
    if (change !== this.#changes || (steps === Infinity && !this.#wanted)) return;
    this.#listener.state('training');
    await this.#call(this.#trainer.train(proxy(this.#listener.progress), steps));
  }

  async #stop(): Promise<void> {
    if (this.#running === null) return;
    this.#listener.state('pausing');
    await this.#trainer.pause();
    await this.#running;
  }

  #prepare(): Promise<EngineInfo> {
    if (this.#prepared !== null) return this.#prepared;
    this.#listener.state('preparing');
    const digits = new URL('digits.bin', document.baseURI).href;
    const preparing = this.#call(this.#trainer.prepare(this.#settings, digits));
    this.#prepared = preparing;
    preparing.then(
      (engine) => {
        if (this.#prepared === preparing) this.#listener.loaded(engine);
        if (!this.isRunning) this.#listener.state('paused');
      },
      () => {
        // It can be tried again.
        if (this.#prepared === preparing) this.#prepared = null;
      },
    );
    return preparing;
  }

  #call<T>(result: Promise<T>): Promise<T> {
    return Promise.race([result, this.#broken]);
  }
}
