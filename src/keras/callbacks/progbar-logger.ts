import { terminal } from '#terminal';
import { print } from '../../core/print.ts';
import { Sparkline } from '../../core/terminal/sparkline.ts';
import type { Bar, Terminal } from '../../core/terminal/terminal.ts';
import { Callback, type CallbackParams, type Logs } from './callback.ts';
import { meanOf } from './log-value.ts';
import {
  type ProgressParts,
  fitLine,
  formatCount,
  formatLogs,
  formatSeconds,
  formatStepTime,
  wrapLine,
} from './progress-text.ts';

/** The number of characters of the curve of the loss. */
const CURVE_WIDTH = 12;

/** The time between two numbers on the bar, in seconds, where they come down from a GPU for it. */
const READING_INTERVAL = 0.1;

const now = (): number => performance.now() / 1000;

/**
 * Shows the progress of training. With `verbose: 1` a terminal shows a bar with the remaining time, the loss with its curve
 * since `fit` began, and the metrics; a narrow terminal shows less. Otherwise, and with `verbose: 2`, every epoch prints one line. Every `fit` adds one.
 *
 * @example
 * const model = new Sequential([new layers.Dense(1)]);
 * model.compile({ optimizer: 'sgd', loss: 'mse' });
 * await model.fit([[1]], [[2]], { verbose: 2, callbacks: [new ProgbarLogger()] });    // prints one line
 * @see https://keras.io/api/callbacks/progbar_logger/
 */
export class ProgbarLogger extends Callback {
  static override readonly className: string = 'ProgbarLogger';

  readonly #terminal: Terminal;
  #bar: Bar | null = null;
  #inFit = false;
  #target: number | null = null;
  #title = '';
  /** The bar as it was drawn last. */
  #drawn = '';
  #done = 0;
  #logs: Logs = {};
  #start = 0;
  #afterFirst = 0;
  #finished = false;
  /** The time at which the numbers of a batch were read last. */
  #lastRead = 0;
  /** The loss at each step of `fit`. */
  #curve = new Sparkline();

  constructor(where: Terminal = terminal) {
    super();
    this.#terminal = where;
  }

  override setParams(params: CallbackParams): void {
    super.setParams(params);
    this.#target = params.steps;
  }

  override onTrainBegin(): void {
    this.#inFit = true;
    this.#curve = new Sparkline();
  }
  override onTrainEnd(): void {
    this.#inFit = false;
  }
  override get readsWeightsBetweenBatches(): boolean {
    return this.overridesBatchHooksOf(ProgbarLogger);
  }

  override readsLogsOf(): boolean {
    if (this.overridesBatchHooksOf(ProgbarLogger)) return true;
    if (this.#bar === null || now() - this.#lastRead < READING_INTERVAL) return false;
    this.#lastRead = now();
    return true;
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    const { epochs } = this.params;
    await this.#begin(epochs > 1 ? `Epoch ${epoch + 1}/${epochs}` : '');
  }
  override onTrainBatchEnd(batch: number, logs: Logs): void {
    this.#advance(batch, logs);
  }
  override onEpochEnd(_epoch: number, logs: Logs): void {
    this.#end(logs);
  }
  override async onTestBegin(): Promise<void> {
    if (!this.#inFit) await this.#begin('');
  }
  override onTestBatchEnd(batch: number, logs: Logs): void {
    if (!this.#inFit) this.#advance(batch, logs);
  }
  override onTestEnd(logs: Logs): void {
    if (!this.#inFit) this.#end(logs);
  }
  override async onPredictBegin(): Promise<void> {
    await this.#begin('');
  }
  override onPredictBatchEnd(batch: number): void {
    this.#advance(batch, {});
  }
  override onPredictEnd(): void {
    this.#end({});
  }

  /** Closes the bar and leaves its line as it is. */
  override onInterrupt(): void {
    this.#closeBar();
    this.#inFit = false;
  }

  get #draws(): boolean {
    return this.params.verbose === 1 && this.#terminal.interactive;
  }

  async #begin(title: string): Promise<void> {
    this.#title = title;
    this.#done = 0;
    this.#drawn = '';
    this.#logs = {};
    this.#finished = false;
    this.#start = now();
    if (!this.#draws) return;
    if (title !== '') print(title);
    this.#bar = await this.#terminal.openBar(this.#target, ({ bar, secondsLeft }) => {
      this.#drawn = bar;
      // The last column stays free: terminals begin a new line behind it.
      return fitLine(this.#parts(bar, secondsLeft), this.#terminal.columns - 1);
    });
  }

  #advance(batch: number, logs: Logs): void {
    this.#done = batch + 1;
    this.#logs = logs;
    // The first step includes compilation, so it is excluded from the estimate.
    if (this.#done === 1) this.#afterFirst = now();
    if (this.#inFit && this.#bar !== null) this.#curve.add(meanOf(logs['loss'] ?? NaN));
    this.#bar?.update(this.#done);
  }

  #end(logs: Logs): void {
    this.#logs = logs;
    this.#target ??= this.#done;
    this.#finished = true;
    if (this.#bar !== null) {
      this.#bar.update(this.#done);
      this.#closeBar();
    } else if (this.params.verbose > 0) {
      print(`${this.#title === '' ? '' : `${this.#title} - `}${wrapLine(this.#parts('', null), Infinity)}`);
    }
  }

  /** Replaces the bar by its last line with all losses and metrics, in several lines if the terminal is narrow. */
  #closeBar(): void {
    this.#bar?.close(wrapLine(this.#parts(this.#drawn, null), this.#terminal.columns));
    this.#bar = null;
  }

  #parts(bar: string, secondsLeft: number | null): ProgressParts {
    const elapsed = now() - this.#start;
    const step = this.#done > 1 ? (now() - this.#afterFirst) / (this.#done - 1) : this.#done === 1 ? elapsed : 0;
    const time = formatSeconds(this.#finished || secondsLeft === null ? elapsed : secondsLeft);
    const count = formatCount(this.#done, this.#target);
    const curve = this.#inFit && this.#bar !== null ? this.#curve.draw(CURVE_WIDTH) : '';
    return { count, bar, time, stepTime: formatStepTime(step), logs: formatLogs(this.#logs), curve };
  }
}
