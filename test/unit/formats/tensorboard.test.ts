import { expect, test } from 'vitest';
import { crc32, crc32c } from '../../../src/formats/checksums/crc32.ts';
import {
  type Summary,
  type TensorSummary,
  encodeEvent,
  encodeFileVersion,
  eventFileName,
} from '../../../src/formats/tensorboard/events.ts';
import { histogramOf } from '../../../src/formats/tensorboard/histogram.ts';
import { loadGolden } from '../../support/golden.ts';

/** A summary in JSON, where NaN is a string. */
type JsonSummary =
  | { readonly tag: string; readonly scalar: number | string }
  | { readonly tag: string; readonly distribution: readonly (number | string)[] }
  | TensorSummary;

interface EventFileCase {
  readonly name: string;
  readonly events: readonly {
    readonly wallTime: number;
    readonly step?: number;
    readonly summaries?: readonly JsonSummary[];
  }[];
  readonly bytes: string;
}

test.for(loadGolden<EventFileCase>('event-files').cases.map((each) => [each.name, each] as const))(
  'an event file with %s has the bytes that TensorFlow writes',
  ([, { events, bytes }]) => {
    const numbers = (summary: JsonSummary): Summary =>
      'tensor' in summary
        ? summary
        : 'scalar' in summary
          ? { tag: summary.tag, scalar: Number(summary.scalar) }
          : { tag: summary.tag, distribution: summary.distribution.map(Number) };
    const written = events.map(({ wallTime, step, summaries }) =>
      step === undefined || summaries === undefined
        ? encodeFileVersion(wallTime)
        : encodeEvent({ wallTime, step, summaries: summaries.map(numbers) }),
    );
    expect(Buffer.concat(written).toString('hex')).toBe(Buffer.from(bytes, 'base64').toString('hex'));
  },
);

test('a distribution without a finite number is omitted', () => {
  const event = (summaries: readonly Summary[]): string =>
    Buffer.from(encodeEvent({ wallTime: 1, step: 2, summaries })).toString('hex');
  expect(event([{ tag: 'a', distribution: [NaN, Infinity] }])).toBe(event([]));
});

test('a histogram counts every number once, and the limits end at the maximum', () => {
  const values = Array.from({ length: 500 }, (_, i) => Math.sin(i) * 1e-3 + 7);
  const { counts, limits, count, maximum } = histogramOf(values)!;
  expect(counts.reduce((sum, each) => sum + each, 0)).toBe(500);
  expect([count, limits.length, limits.at(-1)]).toEqual([500, 30, maximum]);
  expect(limits.every((limit, i) => i === 0 || limit > limits[i - 1]!)).toBe(true);
});

test('the name of an event file is one that TensorBoard finds', () => {
  expect(eventFileName(1764412800.75, 'a1')).toBe('events.out.tfevents.1764412800.a1');
});

// The check values of the catalogue of CRC algorithms, and RFC 3720, B.4.
test('crc32 and crc32c compute the published check values', () => {
  const digits = new TextEncoder().encode('123456789');
  expect([crc32(digits), crc32c(digits)]).toEqual([0xcbf43926, 0xe3069283]);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
});
