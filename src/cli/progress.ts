import cliProgress from 'cli-progress';
import { Callback } from '../keras/callbacks/callback.ts';
import type { Io } from './io.ts';

/** How far a long work is. */
export interface Progress {
  readonly update: (done: number) => void;
}

/** Runs a work with a bar on standard error, if that is a terminal; the bar goes when the work ends. */
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

/** Tells a bar of each batch of prediction, evaluation or training. */
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

  /** The batches of a validation do not count. */
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
