import type { Command } from 'commander';
import { escapeLine } from '../../core/escape.ts';
import { files } from '../../formats/files/files-node.ts';
import type { AnyModel, FileFormat } from '../../keras/models/index.ts';
import type { Format } from '../../keras/saving/formats/format.ts';
import { formatToWrite, formats, isFileFormat } from '../../keras/saving/formats/formats.ts';
import type { ModelOptions, Session } from './command.ts';
import { doing, reading, wrongCall } from './failure.ts';
import { checkOutputs } from './outputs.ts';
import { readModel } from './read-model.ts';
import { fileSize } from './style.ts';

/** The contents of an output file: whole models, weights alone, or either. */
export type Contents = readonly Format['holds'][];

/** The endings of output files of a kind. */
export function outputEndings(contents: Contents): readonly string[] {
  return formats
    .filter(({ name, holds }) => isFileFormat(name) && contents.includes(holds))
    .flatMap(({ endings }) => endings);
}

/** Returns the format of an output file, by its ending. `others` are endings that the caller handles. */
export function outputFormat(path: string, contents: Contents, others: readonly string[] = []): FileFormat {
  for (const holds of contents) {
    const format = formatToWrite(path, holds);
    if (format !== undefined && isFileFormat(format.name)) return format.name;
  }
  const endings = [...outputEndings(contents), ...others];
  throw wrongCall(`the output file must end in one of ${endings.join(', ')}. Received: ${path}.`);
}

/** Writes a model, completely or not at all, and returns the size of the file in bytes. */
export async function writeModel(
  command: string,
  { io }: Session,
  model: AnyModel,
  path: string,
  format: FileFormat,
  includeOptimizer: boolean,
): Promise<number> {
  const bytes = await model.toBytes(format, format === 'safetensors' ? {} : { includeOptimizer });
  await files.writeFileAtomic(command, path, bytes, { signal: io.signal });
  return bytes.length;
}

/** Says that a file is written without the training configuration. */
export function noteUncompiled(session: Session, reason: string): void {
  session.note(
    `${reason} The file is written without the training configuration. To keep it, pass custom classes and functions with --custom FILE.mjs.`,
  );
}

/** Options of commands that change a model. */
export interface EditOptions extends ModelOptions {
  readonly output: string;
  readonly optimizer: boolean;
}

/** Adds the options of commands that change a model. */
export function addEditOptions(command: Command, contents: Contents): Command {
  return command
    .requiredOption(
      '-o, --output <file>',
      `the file to write: ${outputEndings(contents).join(', ')}; an existing file is replaced`,
    )
    .option('--no-optimizer', 'omit the training configuration and the optimizer state');
}

/** The result of a change: the model to write, a JSON document of the change, and lines of text. */
export interface Edit {
  readonly model: AnyModel;
  readonly document: object;
  readonly lines: () => readonly string[];
}

/** Reads a model, changes it, writes it, and reports the change. A failure leaves an existing output file unchanged. */
export async function editModel(
  command: string,
  session: Session,
  file: string,
  options: EditOptions,
  contents: Contents,
  edit: (model: AnyModel) => Edit | Promise<Edit>,
): Promise<void> {
  const { signal } = session.io;
  const { output, optimizer, json } = options;
  const format = outputFormat(output, contents);
  await checkOutputs([output]);
  const isWhole = formatToWrite(output, 'model') !== undefined;
  const keeps = optimizer && isWhole;
  const model = await readModel(
    file,
    options,
    keeps ? { ifUnknown: (reason) => noteUncompiled(session, reason) } : 'unused',
  );
  signal.throwIfAborted();
  const edited = await reading(() => edit(model));
  signal.throwIfAborted();
  const bytes = await doing(async () => writeModel(command, session, edited.model, output, format, keeps));
  session.report(
    json,
    () => ({ from: file, to: output, format, bytes, ...edited.document }),
    () => [...edited.lines(), `${escapeLine(output)}: ${fileSize(bytes)}`].join('\n'),
  );
}
