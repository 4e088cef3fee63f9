import { type Command, Option } from 'commander';
import {
  type RecalibratedLayer,
  type RecalibrateOptions,
  adaptBatchNormalization,
  recalibrateBatchNormalization,
} from '../../tools/normalization/index.ts';
import { withBatches } from '../common/batches.ts';
import { type Session, addCommand, addModelOptions, MODEL } from '../common/command.ts';
import { type DataOptions, addBatchSize, addData, addInputOptions } from '../common/data-options.ts';
import { names, nonNegativeNumber } from '../common/options.ts';
import { readInputs } from '../common/read-inputs.ts';
import { escapeDocument } from '../../core/escape.ts';
import { brief } from '../common/style.ts';
import { drawTable } from '../common/table.ts';
import { type EditOptions, addEditOptions, editModel } from '../common/write-model.ts';

interface StatisticsOptions extends EditOptions, DataOptions {
  readonly layers?: readonly string[];
  readonly method: 'sequential' | 'simultaneous';
}

interface AdaptOptions extends StatisticsOptions {
  readonly priorCount: number;
}

const CONTENTS = ['model', 'weights'] as const;

export function addRecalibrate(program: Command, session: Session): void {
  const command = addCommand(
    program,
    'recalibrate',
    'Recompute the moving statistics of batch normalization from data.',
    [
      'evenkeel recalibrate digits.keras --data x.npy -o recalibrated.keras',
      'evenkeel recalibrate flowers.keras --data *.jpg --resize --scale 1/255 -o flowers.keras',
    ],
  );
  addStatisticsOptions(command).action(async (file: string, options: StatisticsOptions) =>
    replaceStatistics('recalibrate', session, file, options, recalibrateBatchNormalization),
  );
}

export function addAdapt(program: Command, session: Session): void {
  const command = addCommand(
    program,
    'adapt',
    'Adapt batch normalization to a new domain, from unlabelled data of that domain.',
    [
      'evenkeel adapt digits.keras --data night.npy -o night.keras',
      'evenkeel adapt digits.keras --data night.npy --prior-count 1000 -o night.keras',
    ],
  );
  addStatisticsOptions(command)
    .option(
      '--prior-count <rows>',
      'the weight of the old statistics, as a number of rows; 0 replaces them',
      nonNegativeNumber,
      0,
    )
    .action(async (file: string, options: AdaptOptions) =>
      replaceStatistics('adapt', session, file, options, async (model, data, common) =>
        adaptBatchNormalization(model, data, { ...common, priorCount: options.priorCount }),
      ),
    );
}

function addStatisticsOptions(command: Command): Command {
  addData(addModelOptions(command.argument('<model>', MODEL)));
  return addInputOptions(addBatchSize(addEditOptions(command, CONTENTS)))
    .option('--layers <names>', 'the layers, comma-separated (default: all batch normalization)', names)
    .addOption(
      new Option('--method <method>', 'pass over the data for each layer after recalibrating those before it, or once')
        .choices(['sequential', 'simultaneous'])
        .default('sequential'),
    );
}

async function replaceStatistics(
  command: string,
  session: Session,
  file: string,
  options: StatisticsOptions,
  replace: typeof recalibrateBatchNormalization,
): Promise<void> {
  const { data, batchSize, layers = null, method } = options;
  await editModel(command, session, file, options, CONTENTS, async (model) => {
    const inputs = await readInputs(session.io, model, data, '--data', options);
    const common: RecalibrateOptions = { layers, method };
    const changed = await withBatches(session.io, 'Reading data', inputs, batchSize, async (batches) =>
      replace(model, batches, common),
    );
    return { model, document: { rows: inputs.rows, layers: changed }, lines: () => linesOf(changed, inputs.rows) };
  });
}

function linesOf(layers: readonly RecalibratedLayer[], rows: number): readonly string[] {
  const table = drawTable(
    ['Layer', 'Entries', 'Mean shift', 'Largest', 'Variance'],
    escapeDocument(layers).map(({ layer, entries, change }) => [
      layer,
      String(entries),
      ...[change.meanShift, change.largestMeanShift].map(brief),
      `× ${brief(change.varianceRatio)}`,
    ]),
    ['left', 'right', 'right', 'right', 'right'],
  );
  const legend =
    'Mean shift: of the new statistics from the old, root mean square and largest over the channels, in standard deviations. Variance: the median ratio.';
  return [table, '', legend, `${rows} ${rows === 1 ? 'row' : 'rows'} of data`];
}
