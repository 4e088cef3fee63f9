import { describe, expect, test } from 'vitest';
import { mutation } from '../../../scripts/keras-calls/compare.ts';
import { type Outcome, replay } from '../../../scripts/keras-calls/replay.ts';
import { SAMPLE, readRecords } from '../../../scripts/keras-calls/records.ts';
import { takeOutput } from '../../support/fail-on-console.ts';

const records = readRecords(SAMPLE);

/** The outcomes of all records, and what was seen of those that count. */
async function replayAll(
  wanted: readonly Outcome[],
): Promise<{ readonly found: readonly string[]; readonly total: number }> {
  const found: string[] = [];
  for (const record of records) {
    const { outcome, message } = await replay(record);
    if (wanted.includes(outcome)) found.push(`${outcome} ${record.kind} ${record.name}: ${message} (${record.test})`);
  }
  // Keras's tests make models warn.
  takeOutput();
  return { found, total: records.length };
}

describe("calls of Keras's tests", () => {
  test('replayed calls compute what Keras computed, and are refused for known reasons only', async () => {
    const { found, total } = await replayAll(['differs', 'type', 'lenient', 'refused', 'crash']);
    expect(found).toEqual([]);
    expect(total).toBeGreaterThan(500);
  });

  test('replayed calls are compared: with other expected numbers, those that return numbers differ', async () => {
    mutation.isOn = true;
    try {
      const { found } = await replayAll(['equal']);
      // Calls that Keras refuses, and those without elements or within their tolerance, have no numbers to change.
      const refused = new Set(records.filter(({ error }) => error !== undefined).map(({ name }) => name));
      const compared = found.filter((line) => !/init_error|optimizer|metric/.test(line));
      const unexplained = compared.filter((line) => !refused.has(line.split(/[ :]/)[2] ?? ''));
      expect(unexplained.length).toBeLessThan(5);
    } finally {
      mutation.isOn = false;
    }
  });
});
