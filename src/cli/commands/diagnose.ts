import type { Command } from 'commander';
import { escapeLine } from '../../core/escape.ts';
import { files } from '../../formats/files/files-node.ts';
import { diagnoseNormalization } from '../../tools/normalization/index.ts';
import { withBatches } from '../common/batches.ts';
import { type ModelOptions, type Session, addCommand, addModelOptions, MODEL } from '../common/command.ts';
import { type InputOptions, addData, addInputOptions } from '../common/data-options.ts';
import { EXIT, Failure, doing, reading, wrongCall } from '../common/failure.ts';
import { integer, namedNumber } from '../common/options.ts';
import { checkOutputs } from '../common/outputs.ts';
import { readInputs } from '../common/read-inputs.ts';
import { readModel } from '../common/read-model.ts';
import { fileSize } from '../common/style.ts';

interface DiagnoseOptions extends ModelOptions, InputOptions {
  readonly data: readonly string[];
  readonly batchSize?: number;
  readonly updates?: number;
  readonly threshold?: Readonly<Record<string, number>>;
  readonly html?: string;
  readonly plots: boolean;
  readonly strict?: boolean;
}

/** Rows in a batch of reading, so that the statistics of a batch are useful. */
const ROWS = 32;

export function addDiagnose(program: Command, session: Session): void {
  const command = addCommand(
    program,
    'diagnose',
    'Diagnose the normalization layers of a model on data: faults, and what to do, in order of effect.',
    [
      'evenkeel diagnose digits.keras --data x.npy',
      'evenkeel diagnose digits.keras --data x.npy --batch-size 4 --html report.html',
      'evenkeel diagnose flowers.keras --data *.jpg --resize --scale 1/255 --strict --json > report.json',
    ],
  );
  addData(addModelOptions(command.argument('<model>', MODEL))).option(
    '--batch-size <rows>',
    'rows per batch in training, for which the entries of each statistic are counted (default: 32)',
    integer(1),
  );
  addInputOptions(command)
    .option(
      '--updates <count>',
      'the number of training steps (default: that of the optimizer in the file)',
      integer(0),
    )
    .option('--threshold <name=number>', 'a limit of the findings, such as distance=1; may be repeated', namedNumber)
    .option('--html <report.html>', 'write a report with plots')
    .option('--no-plots', 'omit the plots in the report, which need the optional packages of evenkeel/plots')
    .option('--strict', 'exit with code 1 if there is a finding')
    .action(async (file: string, options: DiagnoseOptions) => diagnose(session, file, options));
}

async function diagnose(session: Session, file: string, options: DiagnoseOptions): Promise<void> {
  const { io } = session;
  const { data, batchSize, updates, threshold = {}, html, plots, strict = false } = options;
  if (!plots && html === undefined) throw wrongCall('--no-plots requires --html.');
  await checkOutputs(html === undefined ? [] : [html]);
  // The file's optimizer knows the number of updates.
  const model = await readModel(file, options, { ifUnknown: () => undefined });
  const inputs = await readInputs(io, model, data, '--data', options);
  const rows = Math.max(batchSize ?? ROWS, ROWS);
  const diagnosis = await reading(async () =>
    withBatches(io, 'Diagnosing', inputs, rows, async (batches) =>
      diagnoseNormalization(model, batches, { batchSize, updates, thresholds: threshold }),
    ),
  );
  const page = html === undefined ? null : await doing(async () => diagnosis.toHtml({ plots }));
  const bytes = new TextEncoder().encode(page ?? '');
  if (html !== undefined) {
    await doing(async () => files.writeFileAtomic('diagnose', html, bytes, { signal: io.signal }));
  }
  session.report(
    options.json,
    () => diagnosis,
    () =>
      [String(diagnosis), ...(html === undefined ? [] : ['', `${escapeLine(html)}: ${fileSize(bytes.length)}`])].join(
        '\n',
      ),
  );
  const count = diagnosis.findings.length;
  if (strict && count > 0) {
    throw new Failure(
      EXIT.failed,
      `the diagnosis of ${diagnosis.model} has ${count} ${count === 1 ? 'finding' : 'findings'}.`,
    );
  }
}
