import type { SourceFile } from '../source-file.ts';
import type { Format } from './format.ts';
import { h5Format, h5WeightsFormat } from './h5.ts';
import { kerasFormat } from './keras.ts';
import { safetensorsFormat } from './safetensors.ts';
import { shardedWeightsFormat } from './sharded-weights.ts';
import { tensorFlowJsFormat } from './tensorflow-js.ts';
import { weightsH5Format } from './weights-h5.ts';

/**
 * Every format of models and weights, in the order in which they are recognized: a format may accept any file that the
 * formats before it do not. A new format is a row here and a file in this folder.
 */
export const formats: readonly Format[] = [
  kerasFormat,
  h5Format,
  h5WeightsFormat,
  weightsH5Format,
  tensorFlowJsFormat,
  shardedWeightsFormat,
  safetensorsFormat,
];

/** The formats that `toBytes` writes. */
export type FileFormat = 'keras' | 'h5' | 'weights.h5' | 'safetensors';

/** The names of the formats that `toBytes` writes. */
export const fileFormats: readonly FileFormat[] = ['keras', 'h5', 'weights.h5', 'safetensors'];

/** Whether `toBytes` writes a format of this name. */
export function isFileFormat(name: string): name is FileFormat {
  return (fileFormats as readonly string[]).includes(name);
}

/** The format of a file, judged by its content; undefined if it has none of the formats. */
export async function formatOf(file: SourceFile): Promise<Format | undefined> {
  for (const format of formats) if (await format.matches(file)) return format;
  return undefined;
}

/** The format that `toBytes` writes under a name. */
export function formatNamed(name: FileFormat): Format | undefined {
  return formats.find((format) => format.name === name);
}

/** The endings of the formats that are written, of whole models or of weights alone. */
export function endingsOf(holds: Format['holds']): readonly string[] {
  return formats
    .filter((format) => format.holds === holds && format.write !== undefined)
    .flatMap(({ endings }) => endings);
}

/** The format in which a file of this name is written; undefined if no format has such an ending. */
export function formatToWrite(path: string, holds: Format['holds']): Format | undefined {
  const ending = longestEnding(path);
  return formats.find(
    (format) => format.holds === holds && format.write !== undefined && format.endings.includes(ending),
  );
}

/** The longest ending of any format that a path has, so that `.weights.h5` is not taken for `.h5`; '' if there is none. */
function longestEnding(path: string): string {
  const endings = formats.flatMap((format) => format.endings).filter((ending) => path.endsWith(ending));
  return endings.reduce((longest, ending) => (ending.length > longest.length ? ending : longest), '');
}
