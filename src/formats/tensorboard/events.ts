import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type Histogram, histogramOf } from './histogram.ts';
import { encodeRecord } from './record.ts';
import { type SummaryTensor, writeTensor } from './summary-tensor.ts';

/** A tensor for one of TensorBoard's plugins, which is how the summaries of TensorFlow 2 contain everything. */
export interface TensorSummary {
  readonly tag: string;
  /** The name of the plugin. */
  readonly plugin: string;
  /** The plugin's own data. @default none */
  readonly content?: string;
  readonly tensor: SummaryTensor;
}

/** A number, the distribution of several, or a tensor, under the name that TensorBoard shows: `group/name`. */
export type Summary =
  | { readonly tag: string; readonly scalar: number }
  | { readonly tag: string; readonly distribution: ArrayLike<number> }
  | TensorSummary;

/** Values at one step of a training. */
export interface Event {
  /** The number of the step. */
  readonly step: number;
  /** The time, in seconds since 1970. */
  readonly wallTime: number;
  readonly summaries: readonly Summary[];
}

/** The field numbers of the messages in TensorBoard's `event.proto` and `summary.proto`. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const SUMMARY = { value: 1 } as const;
const VALUE = { tag: 1, simpleValue: 2, histogram: 5, tensor: 8, metadata: 9 } as const;
const METADATA = { pluginData: 1 } as const;
const PLUGIN_DATA = { name: 1, content: 2 } as const;
const HISTOGRAM = { minimum: 1, maximum: 2, count: 3, sum: 4, sumOfSquares: 5, limits: 6, counts: 7 } as const;

/** The name of an event file that begins at a time, in seconds since 1970. TensorBoard looks for `tfevents`. */
export function eventFileName(wallTime: number, id: string): string {
  return `events.out.tfevents.${Math.floor(wallTime)}.${id}`;
}

/** The bytes with which an event file begins. */
export function encodeFileVersion(wallTime: number): Uint8Array {
  const writer = new BinaryWriter();
  writeDouble(writer, EVENT.wallTime, wallTime);
  writer.tag(EVENT.fileVersion, WireType.LengthDelimited).string('brain.Event:2');
  return encodeRecord(writer.finish());
}

/**
 * The bytes that an event adds to a file. A distribution without a finite number is omitted.
 *
 * @see https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto
 */
export function encodeEvent({ step, wallTime, summaries }: Event): Uint8Array {
  const writer = new BinaryWriter();
  writeDouble(writer, EVENT.wallTime, wallTime);
  writer.tag(EVENT.step, WireType.Varint).int64(step);
  writeMessage(writer, EVENT.summary, () => {
    for (const summary of summaries) writeSummary(writer, summary);
  });
  return encodeRecord(writer.finish());
}

function writeSummary(writer: BinaryWriter, summary: Summary): void {
  const histogram = 'distribution' in summary ? histogramOf(summary.distribution) : null;
  if (histogram === null && 'distribution' in summary) return;
  writeMessage(writer, SUMMARY.value, () => {
    writer.tag(VALUE.tag, WireType.LengthDelimited).string(summary.tag);
    if ('scalar' in summary) writer.tag(VALUE.simpleValue, WireType.Bit32).float(Math.fround(summary.scalar));
    if (histogram !== null) writeMessage(writer, VALUE.histogram, () => writeHistogram(writer, histogram));
    if ('tensor' in summary) writeTensorSummary(writer, summary);
  });
}

function writeTensorSummary(writer: BinaryWriter, { tensor, plugin, content = '' }: TensorSummary): void {
  writeMessage(writer, VALUE.tensor, () => writeTensor(writer, tensor));
  writeMessage(writer, VALUE.metadata, () => {
    writeMessage(writer, METADATA.pluginData, () => {
      writer.tag(PLUGIN_DATA.name, WireType.LengthDelimited).string(plugin);
      if (content !== '') writer.tag(PLUGIN_DATA.content, WireType.LengthDelimited).string(content);
    });
  });
}

function writeHistogram(writer: BinaryWriter, histogram: Histogram): void {
  for (const key of ['minimum', 'maximum', 'count', 'sum', 'sumOfSquares'] as const) {
    writeDouble(writer, HISTOGRAM[key], histogram[key]);
  }
  for (const key of ['limits', 'counts'] as const) {
    writeMessage(writer, HISTOGRAM[key], () => {
      for (const value of histogram[key]) writer.double(value);
    });
  }
}

function writeMessage(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write();
  writer.join();
}

function writeDouble(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Bit64).double(value);
}
