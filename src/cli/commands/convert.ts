import type { Command } from 'commander';
import { escapeDocument, escapeLine } from '../../core/escape.ts';
import { foldBatchNormalization, type FoldReport } from '../../tools/normalization/index.ts';
import type { AnyModel } from '../../keras/models/index.ts';
import { files } from '../../formats/files/files-node.ts';
import { type ModelOptions, type Session, addCommand, addModelOptions, MODEL } from '../common/command.ts';
import { doing, wrongCall } from '../common/failure.ts';
import { positiveNumber } from '../common/options.ts';
import { checkOutputs } from '../common/outputs.ts';
import { readModel } from '../common/read-model.ts';
import { noteUncompiled, outputEndings, outputFormat, writeModel } from '../common/write-model.ts';
import { fileSize } from '../common/style.ts';

interface ConvertOptions extends ModelOptions {
  readonly fold?: boolean;
  readonly tolerance?: number;
  readonly optimizer: boolean;
}

const CONTENTS = ['model', 'weights'] as const;
const ENDINGS: readonly string[] = [...outputEndings(CONTENTS), '.onnx'];

export function addConvert(program: Command, session: Session): void {
  const command = addCommand(program, 'convert', 'Write a model, or its weights, in another format.', [
    'evenkeel convert old.h5 new.keras',
    'evenkeel convert digits.keras digits.onnx --fold',
    'evenkeel convert digits.keras digits.safetensors',
  ]);
  addModelOptions(
    command
      .argument('<model>', MODEL)
      .argument('<out>', `the file to write: ${ENDINGS.join(', ')}; an existing file is replaced`),
  )
    .option('--fold', 'merge batch normalization into adjacent layers, for inference')
    .option(
      '--tolerance <number>',
      'the maximum relative difference that folding may cause (default: 1e-5)',
      positiveNumber,
    )
    .option('--no-optimizer', 'omit the training configuration and the optimizer state')
    .action(async (file: string, out: string, options: ConvertOptions) => convert(session, file, out, options));
}

async function convert(session: Session, file: string, out: string, options: ConvertOptions): Promise<void> {
  const { signal } = session.io;
  const { fold = false, tolerance, optimizer } = options;
  if (tolerance !== undefined && !fold) throw wrongCall('--tolerance requires --fold.');
  const format = out.endsWith('.onnx') ? 'onnx' : outputFormat(out, CONTENTS, ['.onnx']);
  await checkOutputs([out]);
  const keepsCompilation = optimizer && !fold && format !== 'onnx' && format !== 'safetensors';
  const model = await readModel(
    file,
    options,
    keepsCompilation ? { ifUnknown: (reason) => noteUncompiled(session, reason) } : 'unused',
  );
  signal.throwIfAborted();
  const [written, foldReport] = fold ? await doing(() => folded(model, tolerance)) : [model, null];
  signal.throwIfAborted();
  await doing(async () => {
    if (format === 'onnx') await written.export(out);
    else await writeModel('convert', session, written, out, format, optimizer);
  });
  const bytes = await files.fileSize('convert', out);
  session.report(
    options.json,
    () => ({ from: file, to: out, format, bytes, fold: foldReport }),
    () =>
      [
        `${escapeLine(out)}: ${fileSize(bytes)}`,
        ...(foldReport === null ? [] : foldLines(escapeDocument(foldReport))),
      ].join('\n'),
  );
}

function folded(model: AnyModel, tolerance: number | undefined): readonly [AnyModel, FoldReport] {
  const made = foldBatchNormalization(model, tolerance === undefined ? {} : { tolerance });
  return [made, made.foldReport];
}

function foldLines({ merged, left, largestError }: FoldReport): string[] {
  if (merged.length + left.length === 0) return ['There is no batch normalization to fold.'];
  return [
    ...merged.map(({ normalization, into, where }) => `merged ${normalization} into ${into}, the layer ${where} it`),
    ...left.map(({ normalization, reason }) => `left ${normalization}: ${reason}`),
    ...(merged.length > 0
      ? [`The maximum relative difference in a layer's output is ${largestError.toExponential(1)}.`]
      : []),
  ];
}
