import type { Command } from 'commander';
import { type Session, addCommand } from '../common/command.ts';
import { type DemoRun, type DemoSettings, stepsOf, train } from '../demo/compare.ts';
import { integer, positiveNumber } from '../common/options.ts';
import { ReportBatches, withProgress } from '../common/progress.ts';
import { percent } from '../common/style.ts';
import { drawTable } from '../common/table.ts';

interface DemoOptions extends DemoSettings {
  readonly json?: boolean;
}

export function addDemo(program: Command, session: Session): void {
  addCommand(
    program,
    'demo',
    'Train a small network on generated digits, with and without BatchNormalization, and compare. Needs no files and no network access.',
    ['evenkeel demo', 'evenkeel demo --learning-rate 0.01', 'evenkeel demo --epochs 20 --json'],
  )
    .option('--epochs <count>', 'the number of passes over the digits', integer(1), 8)
    .option('--learning-rate <number>', 'the learning rate of gradient descent', positiveNumber, 1)
    .option('--examples <count>', 'the number of digits generated for training', integer(64), 8000)
    .option('--seed <number>', 'the seed of the digits and the initial weights', integer(0), 1)
    .action(async (options: DemoOptions) => demo(session, options));
}

async function demo(session: Session, options: DemoOptions): Promise<void> {
  const { io, colors } = session;
  const { epochs, learningRate, examples, seed, json = false } = options;
  const settings = { epochs, learningRate, examples, seed };
  const signal = AbortSignal.any([io.signal, io.outputClosed]);
  if (!json) {
    io.stdout.write(
      `${examples} generated digits, 3 × 64 sigmoids, plain gradient descent with learning rate ${learningRate}.\n`,
    );
  }
  const runs: DemoRun[] = [];
  for (const normalization of [true, false]) {
    const title = normalization ? 'With BatchNormalization   ' : 'Without BatchNormalization';
    runs.push(
      await withProgress(io, title, epochs * stepsOf(examples), async (progress) =>
        train(normalization, settings, [new ReportBatches(progress)], signal),
      ),
    );
  }
  const [withIt, without] = runs;
  if (withIt === undefined || without === undefined) return;
  session.report(
    json,
    () => ({ settings, withNormalization: withIt, withoutNormalization: without }),
    () => [table(withIt, without), '', colors.bold(conclusion(withIt, without)), timing(withIt, without)].join('\n'),
  );
}

function table(withIt: DemoRun, without: DemoRun): string {
  const head = ['Epoch', 'Loss with', 'Loss without', 'Test with', 'Test without'];
  const rows = withIt.epochs.map((epoch, i) => {
    const other = without.epochs[i];
    return [
      String(i + 1),
      epoch.loss.toFixed(4),
      (other?.loss ?? NaN).toFixed(4),
      percent(epoch.testAccuracy),
      percent(other?.testAccuracy ?? NaN),
    ];
  });
  return drawTable(head, rows, ['right', 'right', 'right', 'right', 'right']);
}

/** Summarizes the result, whether or not normalization helped. */
function conclusion(withIt: DemoRun, without: DemoRun): string {
  const [a, b] = [withIt, without].map(({ epochs }) => epochs.at(-1)?.testAccuracy ?? NaN) as [number, number];
  const difference = 100 * (a - b);
  if (Math.abs(difference) < 1)
    return `Normalization made no notable difference: ${percent(a)} with, ${percent(b)} without.`;
  const caughtUp = without.epochs.findIndex(
    ({ testAccuracy }) => testAccuracy >= (withIt.epochs[0]?.testAccuracy ?? NaN),
  );
  const first = percent(withIt.epochs[0]?.testAccuracy ?? NaN);
  const race =
    caughtUp < 0
      ? `Without it, no epoch reached the accuracy that it had after its first epoch, ${first}.`
      : `Without it, epoch ${caughtUp + 1} was the first to reach the accuracy that it had after its first epoch, ${first}.`;
  const better = difference > 0 ? 'higher with' : 'lower with';
  return `On new digits, accuracy is ${Math.abs(difference).toFixed(1)} points ${better} BatchNormalization: ${percent(a)} against ${percent(b)}. ${race}`;
}

function timing(withIt: DemoRun, without: DemoRun): string {
  return `${withIt.seconds.toFixed(1)} s with, ${without.seconds.toFixed(1)} s without. Other learning rates: --learning-rate 0.1`;
}
