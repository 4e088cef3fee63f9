import { files } from '#files';
import type { FilePath } from '../../../formats/files/files.ts';
import type { EventFile } from '../../../formats/tensorboard/event-file.ts';
import type { Summary } from '../../../formats/tensorboard/events.ts';
import { percentilesOf } from './percentiles.ts';
import { CHANNEL_VALUES, CSV_HEADER, type ChannelQuantity, type MonitorRecord, csvLines } from './records.ts';

/** Writes records to a file, each when it is made. */
export interface RecordWriter {
  /** Begins the file. @throws ValueError if it cannot be written */
  open(): Promise<void>;
  append(record: MonitorRecord): Promise<void>;
}

/** Writes a CSV file, and replaces an existing one. `levels` are the percentiles of inputs. */
export function csvWriter(who: string, path: FilePath, levels: readonly number[]): RecordWriter {
  return {
    open: async () => files.writeFileAtomic(who, path, [new TextEncoder().encode(CSV_HEADER)]),
    append: async (record) => files.append(who, path, csvLines(record, levels)),
  };
}

/** Writes an event file for TensorBoard into a folder, which is made if it does not exist. */
export function eventWriter(who: string, folder: FilePath, levels: readonly number[]): RecordWriter {
  let file: EventFile | null = null;
  return {
    open: async () => {
      // Imported on use, as it loads the library for protobuf.
      const { EventFile } = await import('../../../formats/tensorboard/event-file.ts');
      file = await EventFile.begin(who, folder);
    },
    append: async (record) => {
      await file?.append([{ step: record.step, wallTime: Date.now() / 1000, summaries: summariesOf(record, levels) }]);
    },
  };
}

/** The values of a record for TensorBoard: distributions over the channels with their medians, and single numbers. */
function summariesOf({ layers, inputs, gradientNorms }: MonitorRecord, levels: readonly number[]): readonly Summary[] {
  const summaries: Summary[] = [];
  for (const layer of layers) {
    for (const [key, quantity] of Object.entries(CHANNEL_VALUES)) {
      const values = layer[key as ChannelQuantity];
      if (values === null) continue;
      const tag = `${layer.layer}/${quantity}`;
      const [median = NaN] = percentilesOf(values, [50]);
      summaries.push({ tag, distribution: values }, { tag: `${tag}_median`, scalar: median });
    }
  }
  for (const [name, values] of Object.entries(inputs)) {
    for (const [i, scalar] of values.entries()) {
      summaries.push({ tag: `${name}/input_percentile_${levels[i] ?? ''}`, scalar });
    }
  }
  for (const [path, scalar] of Object.entries(gradientNorms)) summaries.push({ tag: `${path}/gradient_norm`, scalar });
  return summaries;
}
