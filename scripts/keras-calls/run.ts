/**
 * npm run check:keras-calls -- [FOLDER] [--only NAME,…] [--kind KIND,…] [--show N] [--mutate]
 *
 * Makes the calls again that record.py has written down while Keras's own tests ran, and compares. FOLDER holds .jsonl or
 * .jsonl.gz files; without it the committed sample is used. With --mutate everything is compared with other numbers: what is
 * equal then was not compared.
 */
import { parseArgs } from 'node:util';
import { mutation } from './compare.ts';
import type { CallRecord } from './record-types.ts';
import { SAMPLE, readRecords } from './records.ts';
import { type Outcome, type Replayed, replay } from './replay.ts';

const OUTCOMES: readonly Outcome[] = [
  ...(['equal', 'differs', 'type', 'lenient', 'refused', 'crash', 'explained', 'absent', 'unavailable'] as const),
];

const areaOf = ({ kind, area }: CallRecord): string =>
  kind.startsWith('layer') ? `layers/${area}` : kind === 'init_error' ? `${area}, constructors` : area;

function printTable(results: readonly Replayed[]): void {
  const rows = new Map<string, Map<Outcome, number>>();
  for (const { record, outcome } of results) {
    const row = rows.get(areaOf(record)) ?? new Map<Outcome, number>();
    row.set(outcome, (row.get(outcome) ?? 0) + 1);
    rows.set(areaOf(record), row);
  }
  console.log(`| area | ${OUTCOMES.join(' | ')} |\n| --- | ${OUTCOMES.map(() => '---:').join(' | ')} |`);
  for (const [area, row] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`| ${area} | ${OUTCOMES.map((outcome) => row.get(outcome) ?? '').join(' | ')} |`);
  }
}

/** Prints groups of equal findings, the largest first. */
function printFindings(results: readonly Replayed[], outcomes: readonly Outcome[], limit: number): void {
  const groups = new Map<string, Replayed[]>();
  for (const result of results) {
    if (!outcomes.includes(result.outcome)) continue;
    const shape = result.message.replaceAll(/-?\d+(\.\d+)?(e[+-]?\d+)?/g, '#').slice(0, 140);
    const key = `${result.outcome} ${result.record.kind} ${result.record.name}: ${shape}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  for (const [key, group] of [...groups].sort(([, a], [, b]) => b.length - a.length).slice(0, limit)) {
    console.log(
      `\n${group.length} × ${key}\n    ${group[0]?.message.slice(0, 300) ?? ''}\n    ${group[0]?.record.test ?? ''}`,
    );
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      kind: { type: 'string' },
      show: { type: 'string', default: '30' },
      mutate: { type: 'boolean', default: false },
    },
  });
  mutation.isOn = values.mutate;
  const [folder = SAMPLE] = positionals;
  const results: Replayed[] = [];
  for (const record of readRecords(folder)) {
    if (values.only?.split(',').includes(record.name) === false) continue;
    if (values.kind?.split(',').includes(record.kind) === false) continue;
    results.push(await replay(record));
  }
  printTable(results);
  const absent = new Set(results.filter(({ outcome }) => outcome === 'absent').map(({ message }) => message));
  if (absent.size > 0) console.log(`\nAbsent: ${[...absent].sort().join(', ')}.`);
  const bad: readonly Outcome[] = values.mutate ? ['equal'] : ['differs', 'type', 'lenient', 'refused', 'crash'];
  printFindings(results, bad, Number(values.show));
  const failed = results.filter(({ outcome }) => outcome === 'differs' || outcome === 'crash').length;
  console.log(`\n${results.length} calls, ${failed} of which differ or crash.`);
  if (failed > 0 && !values.mutate) process.exitCode = 1;
}

await main();
