import type { Command } from 'commander';
import { escapeLine } from '../../core/escape.ts';
import type { Config } from '../../core/config.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { AnyModel } from '../../keras/models/index.ts';
import { arrange, readRows } from '../common/arrays.ts';
import { type ModelOptions, type Session, addCommand, addModelOptions, MODEL } from '../common/command.ts';
import { reading, wrongCall } from '../common/failure.ts';
import { type DataOptions, addBatchSize, addData, addInputOptions } from '../common/data-options.ts';
import { names, several } from '../common/options.ts';
import { ReportBatches, withProgress } from '../common/progress.ts';
import { type ReadInputs, readInputs } from '../common/read-inputs.ts';
import { readModel } from '../common/read-model.ts';
import { brief } from '../common/style.ts';
import { drawTable } from '../common/table.ts';
import { type TestTimeOptions, addTestTimeOptions, checkTestTimeOptions, withStatistics } from '../common/test-time.ts';

interface EvaluateOptions extends ModelOptions, DataOptions, TestTimeOptions {
  readonly labels: readonly string[];
  readonly sampleWeight?: string;
  readonly loss?: string;
  readonly metrics?: readonly string[];
}

export function addEvaluate(program: Command, session: Session): void {
  const command = addCommand(program, 'evaluate', 'Measure the loss and the metrics of a model on data.', [
    'evenkeel evaluate digits.keras --data x.npy --labels y.npy',
    'evenkeel evaluate digits.h5 --data x.npy --labels y.npy --loss sparse_categorical_crossentropy --metrics accuracy',
    'evenkeel evaluate two.keras --data left.npy right.npy --labels y.npy --json',
  ]);
  addData(addModelOptions(command.argument('<model>', MODEL)))
    .requiredOption('--labels <y.npy>', 'the targets; repeat for each output of the model', several)
    .option('--sample-weight <w.npy>', 'the weight of each row in the loss');
  addTestTimeOptions(addInputOptions(addBatchSize(command)))
    .option('--loss <name>', 'the loss, if the file has none or to replace it')
    .option('--metrics <names>', 'the metrics, comma-separated: accuracy,top_k_categorical_accuracy', names)
    .action(async (file: string, options: EvaluateOptions) => evaluate(session, file, options));
}

async function evaluate(session: Session, file: string, options: EvaluateOptions): Promise<void> {
  const { io } = session;
  const { batchSize } = options;
  checkTestTimeOptions(options);
  // With --loss, the training configuration in the file is not needed.
  const model = await readModel(file, options, options.loss === undefined ? { ifUnknown: refuse } : 'unused');
  await reading(() => compile(model, options));
  const { x } = await readInputs(io, model, options.data, '--data', options);
  const [y, sampleWeight] = await reading(async () => readTargets(model, options));
  io.signal.throwIfAborted();
  const rows = rowsOf(y);
  const started = performance.now();
  const results = await withProgress(io, 'Evaluating', Math.ceil(rows / batchSize), async (progress) =>
    withStatistics(model, options, async () =>
      model.evaluate(x, y, {
        batchSize,
        sampleWeight,
        verbose: 0,
        callbacks: [new ReportBatches(progress)],
        signal: io.signal,
      }),
    ),
  );
  const seconds = (performance.now() - started) / 1000;
  session.report(
    options.json,
    () => ({ model: model.name, rows, seconds, results }),
    () =>
      [
        drawTable(
          ['Metric', 'Value'],
          Object.entries(results).map(([name, value]) => [
            escapeLine(name),
            [value]
              .flat(Infinity)
              .map((each) => brief(each))
              .join(', '),
          ]),
          ['left', 'right'],
        ),
        `${rows} ${rows === 1 ? 'row' : 'rows'} in ${seconds.toFixed(2)} s`,
      ].join('\n'),
  );
}

function refuse(reason: string): never {
  throw wrongCall(
    `${reason} Pass custom classes and functions with --custom FILE.mjs, or replace the loss and the metrics with --loss and --metrics.`,
  );
}

/** Compiles with --loss, or with the file's training configuration and optionally other metrics. */
function compile(model: AnyModel, { loss, metrics }: EvaluateOptions): void {
  if (loss !== undefined) {
    model.compile({ loss, ...(metrics === undefined ? {} : { metrics }) });
    return;
  }
  const config: Config = model.getCompileConfig();
  if ((config['loss'] ?? null) === null) {
    throw wrongCall('a loss is required, because the file has none. Use, for example, --loss mse.');
  }
  if (metrics !== undefined) model.compileFromConfig({ ...config, metrics: [...metrics], weighted_metrics: null });
}

type Data = ReadInputs['x'];

async function readTargets(
  model: AnyModel,
  { labels, sampleWeight }: EvaluateOptions,
): Promise<readonly [Data, Tensor | null]> {
  const ys = await Promise.all(labels.map(readRows));
  const wanted = model.network?.flatOutputs.length ?? ys.length;
  if (ys.length !== wanted) {
    throw wrongCall(
      `--labels must be given once for each output of the model, ${wanted} times. Received: ${ys.length}.`,
    );
  }
  return [arrange(ys, null, '--labels'), await readWeights(sampleWeight)];
}

async function readWeights(path: string | undefined): Promise<Tensor | null> {
  return path === undefined ? null : readRows(path);
}

function rowsOf(data: Data): number {
  const [first] = Array.isArray(data) ? (data as readonly Tensor[]) : [data as Tensor];
  return first?.shape[0] ?? 0;
}
