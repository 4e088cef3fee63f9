import { ChannelsChart } from '../charts/channels-chart.ts';
import { Curves, accuracyCurve, lossCurve } from '../charts/curves.ts';
import { ValuesChart } from '../charts/values-chart.ts';
import { type NetworkName, networkNames } from '../experiment/networks.ts';
import type { Settings } from '../experiment/settings.ts';
import type { Progress } from '../training/trainer.ts';
import { announce, element } from './dom.ts';
import { lossText, percent } from './format.ts';
import { messageOf } from './message.ts';
import { engineText } from './engine-text.ts';
import { ScoreTable } from './score-table.ts';
import { type SessionState, TrainingSession } from './training-session.ts';

const chartHost = (id: string): HTMLElement => element(id, HTMLDivElement);

const texts: Readonly<Record<SessionState, string>> = {
  idle: 'Ready. Both networks start with the same random weights.',
  preparing: 'Loading the engine and the digits …',
  training: 'Training both networks. The first step takes longer than the others.',
  pausing: 'Pausing after this step …',
  paused: 'Paused.',
};

const names: Readonly<Record<NetworkName, string>> = {
  normalized: 'The network with normalization',
  plain: 'The network without normalization',
};

/** The receiver of news about the networks. */
export interface LearningListener {
  /** They have learned, which is told now and then. */
  learned: () => void;
  /** They were given up for new ones. */
  cleared: () => void;
}

/** The buttons, curves and tables of the training. */
export class TrainingSection {
  readonly session: TrainingSession;
  readonly #listener: LearningListener;
  readonly #run = element('run', HTMLButtonElement);
  readonly #step = element('step', HTMLButtonElement);
  readonly #status = element('status', HTMLParagraphElement);
  readonly #loss = new Curves(chartHost('loss-chart'), lossCurve);
  readonly #accuracy = new Curves(chartHost('accuracy-chart'), accuracyCurve);
  readonly #values = new ValuesChart(chartHost('values-chart'));
  readonly #channels = new ChannelsChart(chartHost('channels-chart'));
  readonly #scores = new ScoreTable();
  readonly #diverged = new Set<NetworkName>();
  #pace = new Pace();
  #isDrawing = false;

  constructor(settings: Settings, listener: LearningListener) {
    this.#listener = listener;
    this.session = new TrainingSession(settings, {
      state: (state) => this.#showState(state),
      progress: (progress) => this.#showProgress(progress),
      loaded: (engine) => {
        element('engine-info', HTMLParagraphElement).textContent = engineText(engine);
      },
      cleared: () => this.#clear(),
      failed: (error) => this.showFailure(error),
    });
    this.#run.addEventListener('click', () => {
      if (this.session.isRunning) void this.session.pause();
      else this.session.train();
    });
    this.#step.addEventListener('click', () => this.session.step());
  }

  /** Shows why something could not be done. */
  showFailure(error: unknown): void {
    this.#say(messageOf(error), true);
  }

  #showState(state: SessionState): void {
    this.#run.textContent = this.session.isRunning ? 'Pause' : 'Train';
    this.#run.disabled = state === 'pausing';
    this.#step.disabled = state !== 'idle' && state !== 'paused';
    if (state === 'training') this.#pace = new Pace();
    // The reason for the end of a training stays.
    if (state !== 'paused' || !this.#status.classList.contains('bad')) this.#say(texts[state], false);
  }

  #say(text: string, isBad: boolean): void {
    this.#status.textContent = text;
    this.#status.classList.toggle('bad', isBad);
  }

  #showProgress(progress: Progress): void {
    switch (progress.kind) {
      case 'step':
        this.#addStep(progress);
        break;
      case 'values':
        this.#values.draw(progress.values);
        this.#channels.draw(progress.values);
        this.#listener.learned();
        break;
      case 'test':
        this.#addTest(progress);
        break;
    }
    this.#drawSoon();
  }

  #addStep({ step, epoch, results }: Extract<Progress, { kind: 'step' }>): void {
    this.#loss.add(step, { normalized: results.normalized.loss, plain: results.plain.loss });
    this.#accuracy.add(step, { normalized: results.normalized.accuracy, plain: results.plain.accuracy });
    this.#scores.setStep(`${step} (epoch ${epoch}${this.#pace.next()})`);
    for (const name of networkNames) {
      if (!Number.isFinite(results[name].loss)) this.#noteDivergence(name);
    }
  }

  #noteDivergence(name: NetworkName): void {
    if (this.#diverged.has(name)) return;
    this.#diverged.add(name);
    this.#say(
      `${names[name]} has diverged: its loss is not a number any more. Start over with a lower learning rate.`,
      true,
    );
    if (this.#diverged.size === networkNames.length) void this.session.pause();
  }

  #addTest({ epoch, accuracies }: Extract<Progress, { kind: 'test' }>): void {
    this.#accuracy.addTest(accuracies);
    for (const name of networkNames) this.#scores.set(name, 'test', percent(accuracies[name]));
    announce(
      `Epoch ${epoch}: with normalization ${percent(accuracies.normalized)} of the test digits are right, without ${percent(accuracies.plain)}.`,
    );
  }

  /** Draws at most once for each frame of the screen. */
  #drawSoon(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#loss.draw();
      this.#accuracy.draw();
      for (const name of networkNames) {
        const [loss, accuracy] = [this.#loss.latest(name), this.#accuracy.latest(name)];
        if (accuracy === null) continue;
        this.#scores.set(name, 'loss', lossText(loss ?? NaN));
        this.#scores.set(name, 'accuracy', percent(accuracy));
      }
    });
  }

  #clear(): void {
    this.#diverged.clear();
    this.#scores.clear();
    for (const chart of [this.#loss, this.#accuracy, this.#values, this.#channels]) chart.clear();
    this.#listener.cleared();
  }
}

/** The time of a step, averaged over a training. */
class Pace {
  readonly #start = performance.now();
  #steps = 0;

  /** Counts a step, and returns `, 85 ms a step`. The first steps, which prepare the engine, are not shown. */
  next(): string {
    this.#steps++;
    if (this.#steps < 5) return '';
    return `, ${Math.round((performance.now() - this.#start) / this.#steps)} ms a step`;
  }
}
