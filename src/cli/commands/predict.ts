import type { Command } from 'commander';
import { escapeLine } from '../../core/escape.ts';
import { showShape } from '../../core/shape.ts';
import { Tensor, isTensor } from '../../core/tensor.ts';
import { flatten } from '../../core/tree.ts';
import type { AnyModel } from '../../keras/models/index.ts';
import { files } from '../../formats/files/files-node.ts';
import { writeArray } from '../common/arrays.ts';
import { type ModelOptions, type Session, addCommand, addModelOptions, MODEL } from '../common/command.ts';
import { doing, reading, wrongCall } from '../common/failure.ts';
import { type InputOptions, addBatchSize, addInputOptions } from '../common/data-options.ts';
import { integer, several } from '../common/options.ts';
import { checkOutputs } from '../common/outputs.ts';
import { ReportBatches, withProgress } from '../common/progress.ts';
import { readInputs } from '../common/read-inputs.ts';
import { readModel } from '../common/read-model.ts';
import { brief, percent } from '../common/style.ts';
import { type TestTimeOptions, addTestTimeOptions, checkTestTimeOptions, withStatistics } from '../common/test-time.ts';
import { type RankedClass, predictsClasses, topClasses } from '../common/top-classes.ts';

interface PredictOptions extends ModelOptions, InputOptions, TestTimeOptions {
  readonly output?: readonly string[];
  readonly batchSize: number;
  readonly top?: number;
  readonly classes?: string;
}

/** The number of rows in the text output; files and JSON contain all. */
const ROWS_SHOWN = 20;
const NUMBERS_SHOWN = 8;

export function addPredict(program: Command, session: Session): void {
  const command = addCommand(program, 'predict', 'Run a model on arrays or images.', [
    'evenkeel predict digits.keras x.npy -o y.npy',
    'evenkeel predict two-inputs.keras left.npy right.npy -o y.npy',
    'evenkeel predict flowers.keras *.jpg --resize --scale 1/255 --classes flowers.txt',
    'evenkeel predict mobilenet.h5 cat.png --resize --scale 1/127.5 --offset -1 --top 3',
  ]);
  addModelOptions(
    command
      .argument('<model>', MODEL)
      .argument('<inputs...>', 'one .npy per input of the model, or PNG and JPEG images'),
  ).option('-o, --output <y.npy>', 'the file to write; repeat for each output of the model', several);
  addTestTimeOptions(addInputOptions(addBatchSize(command)))
    .option(
      '--top <count>',
      'the number of classes to print per row (default: 5 if the output is a softmax)',
      integer(1),
    )
    .option('--classes <names.txt>', 'the names of the classes, one per line')
    .action(async (file: string, inputs: readonly string[], options: PredictOptions) =>
      predict(session, file, inputs, options),
    );
}

async function predict(
  session: Session,
  file: string,
  paths: readonly string[],
  options: PredictOptions,
): Promise<void> {
  const { io } = session;
  const { batchSize, output = [] } = options;
  checkTestTimeOptions(options);
  await checkOutputs(output);
  const classNames = options.classes === undefined ? null : await readClassNames(options.classes);
  const model = await readModel(file, options, 'unused');
  const expected = model.network?.flatOutputs.length;
  if (expected !== undefined) checkCount(output, expected);
  const { x, rows, rowNames } = await readInputs(io, model, paths, 'the arguments after the model', options);
  io.signal.throwIfAborted();
  const started = performance.now();
  const predicted = await withProgress(io, 'Predicting', Math.ceil(rows / batchSize), async (progress) =>
    withStatistics(model, options, async () =>
      model.predict(x, { batchSize, verbose: 0, callbacks: [new ReportBatches(progress)], signal: io.signal }),
    ),
  );
  const seconds = (performance.now() - started) / 1000;
  const outputs = flatten(predicted, isTensor);
  checkCount(output, outputs.length);
  await doing(async () => {
    for (const [i, path] of output.entries()) {
      const array = outputs[i];
      if (array !== undefined) await writeArray(path, array, io.signal);
    }
  });
  const top = rank(model, outputs, options, classNames);
  const result = { model, outputs, output, rows, rowNames, seconds, top };
  session.report(
    options.json,
    () => documentOf(result),
    () => textOf(result),
  );
}

interface Prediction {
  readonly model: AnyModel;
  readonly outputs: readonly Tensor[];
  /** The files to which the outputs were written. */
  readonly output: readonly string[];
  readonly rows: number;
  readonly rowNames: readonly string[];
  readonly seconds: number;
  readonly top: readonly (readonly RankedClass[])[] | null;
}

function checkCount(output: readonly string[], count: number): void {
  if (output.length === 0 || output.length === count) return;
  throw wrongCall(
    `--output must be given once for each output of the model, of which there ${count === 1 ? 'is one' : `are ${count}`}. Received: ${output.length}.`,
  );
}

async function readClassNames(path: string): Promise<readonly string[]> {
  const bytes = await reading(() => files.readFile('evenkeel', path));
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/u);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function rank(
  model: AnyModel,
  outputs: readonly Tensor[],
  { top, classes }: PredictOptions,
  classNames: readonly string[] | null,
): readonly (readonly RankedClass[])[] | null {
  const [only] = outputs;
  const isAsked = top !== undefined || classes !== undefined;
  if (only === undefined || outputs.length > 1 || only.rank !== 2) {
    if (isAsked) throw wrongCall('--top and --classes require a model with one output of shape [batch, classes].');
    return null;
  }
  if (!isAsked && !predictsClasses(model)) return null;
  const count = only.shape[1] ?? 0;
  if (classNames !== null && classNames.length !== count) {
    throw wrongCall(
      `--classes must contain one name for each of the ${count} classes. Received: ${classNames.length}.`,
    );
  }
  return topClasses(only, top ?? 5, classNames);
}

function documentOf({ model, outputs, output, rows, rowNames, seconds, top }: Prediction): unknown {
  return {
    model: model.name,
    rows,
    seconds,
    outputs: outputs.map((array, i) => ({
      name: model.outputNames?.[i] ?? null,
      shape: array.shape,
      dtype: array.dtype,
      ...(output[i] === undefined ? { values: array.toArray() } : { file: output[i] }),
    })),
    ...(top === null ? {} : { top: top.map((classes, row) => ({ input: rowNames[row], classes })) }),
  };
}

function textOf({ outputs, output, rows, rowNames, seconds, top }: Prediction): string {
  const written = output.map(
    (path, i) => `${escapeLine(path)}: ${showShape(outputs[i]?.shape ?? [])} ${outputs[i]?.dtype ?? ''}`,
  );
  const shown = Math.min(rows, ROWS_SHOWN);
  const rest = rows > shown ? [`… and ${rows - shown} more: write them with -o, or print all with --json.`] : [];
  const list =
    top !== null
      ? [
          ...top
            .slice(0, shown)
            .map((classes, row) => `${escapeLine(rowNames[row] ?? '')}: ${classes.map(showClass).join(', ')}`),
          ...rest,
        ]
      : output.length > 0
        ? []
        : [...outputs.flatMap((array) => preview(array, rowNames, shown)), ...rest];
  return [...list, ...written, `${rows} ${rows === 1 ? 'row' : 'rows'} in ${seconds.toFixed(2)} s`].join('\n');
}

const showClass = ({ class: index, name, probability }: RankedClass): string =>
  `${name === null ? index : escapeLine(name)} ${percent(probability)}`;

function preview({ data, shape }: Tensor, rowNames: readonly string[], shown: number): string[] {
  const size = data.length / Math.max(1, shape[0] ?? 1);
  return Array.from({ length: shown }, (_, row) => {
    const numbers = Array.from(data.subarray(row * size, row * size + Math.min(size, NUMBERS_SHOWN)), brief);
    return `${escapeLine(rowNames[row] ?? '')}: ${numbers.join(' ')}${size > NUMBERS_SHOWN ? ` … (${size} numbers)` : ''}`;
  });
}
