import type { Command } from 'commander';
import type { AnyModel } from '../../keras/models/index.ts';
import { withTestTimeStatistics } from '../../tools/normalization/index.ts';
import { wrongCall } from './failure.ts';
import { nonNegativeNumber } from './options.ts';

/** Options for the statistics of batch normalization while a command runs. */
export interface TestTimeOptions {
  readonly testTimeStatistics?: boolean;
  readonly priorCount?: number;
}

/** Adds the options of {@link TestTimeOptions}. */
export function addTestTimeOptions(command: Command): Command {
  return command
    .option('--test-time-statistics', 'let batch normalization use the statistics of each batch, not the moving ones')
    .option(
      '--prior-count <rows>',
      'with --test-time-statistics: the weight of the moving statistics, as a number of rows (default: 0)',
      nonNegativeNumber,
    );
}

/** Checks options that need others. */
export function checkTestTimeOptions({ testTimeStatistics = false, priorCount }: TestTimeOptions): void {
  if (priorCount === undefined || testTimeStatistics) return;
  throw wrongCall('--prior-count requires --test-time-statistics.');
}

/** Runs an operation on a model with the statistics of the options. */
export async function withStatistics<T>(
  model: AnyModel,
  { testTimeStatistics = false, priorCount }: TestTimeOptions,
  run: () => Promise<T>,
): Promise<T> {
  return testTimeStatistics ? withTestTimeStatistics(model, run, { priorCount }) : run();
}
