import cliProgress from 'cli-progress';
import { Callback } from '../../keras/callbacks/callback.ts';
import type { Io } from './io.ts';

/** The progress of a long operation. */
export interface Progress {
  readonly update: (done: number) => void;
}

/** Runs an operation with a progress bar on standard error, if that is a terminal; the bar is cleared at the end. */
export async function withProgress<T>(
  { stderr }: Io,
  title: string,
  total: number,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  if (stderr.isTTY !== true || total < 2) return work({ update: () => undefined });
  const bar = new cliProgress.SingleBar({
    stream: stderr,
    format: `${title} {bar} {value}/{total}, {eta} s left`,
    barCompleteChar: '━',
    barIncompleteChar: '─',
    barsize: 20,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(total, 0);
  try {
    return await work({ update: (done) => bar.update(done) });
  } finally {
    bar.stop();
  }
}

/** Advances a progress bar at each batch of prediction, evaluation or training. */
export class ReportBatches extends Callback {
  readonly #progress: Progress;
  #done = 0;
  #isTraining = false;

  constructor(progress: Progress) {
    super();
    this.#progress = progress;
  }

  override onPredictBatchEnd(): void {
    this.#progress.update(++this.#done);
  }

  /** Counts the batch, unless it belongs to a validation during training. */
  override onTestBatchEnd(): void {
    if (!this.#isTraining) this.#progress.update(++this.#done);
  }

  override onTrainBegin(): void {
    this.#isTraining = true;
  }

  override onTrainBatchEnd(): void {
    this.#progress.update(++this.#done);
  }
}
