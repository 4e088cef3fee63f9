import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Signatures } from '../../../scripts/features/accepted.ts';
import { configDifferences } from '../../../scripts/features/configs.ts';
import { counterpartOf } from '../../../scripts/features/exports.ts';
import { isMember, keyOf, readInventory } from '../../../scripts/features/inventory.ts';
import { generalLimits, limits, meantDifferences } from '../../../scripts/features/limits.ts';
import { absences } from '../../../scripts/features/members.ts';
import { makeMarkdown } from '../../../scripts/features/markdown.ts';
import { makeTable, readEvidence } from '../../../scripts/features/table.ts';

const root = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

const inventory = readInventory();
const evidence = readEvidence();
const byKey = new Map(inventory.map((feature) => [keyOf(feature), feature]));

// It compiles the sources to read their types.
test(
  'FEATURES.md is what the code and the noted tests say; npm run features writes it',
  { timeout: 180_000 },
  async () => {
    const rows = makeTable(inventory, evidence, new Signatures());
    const proven = rows.filter(({ feature }) => !isMember(feature));
    expect(proven.filter(({ state, tests }) => state === 'works' && tests === 0)).toEqual([]);
    await expect(makeMarkdown(rows)).toMatchFileSnapshot(root('FEATURES.md'));
  },
);

test('FEATURES.md gives a reason for every member of a class that is absent', () => {
  const absent = inventory.filter((feature) => isMember(feature) && counterpartOf(feature) === null);
  expect(absent.length).toBeGreaterThan(0);
  expect(absent.map(keyOf).filter((key) => !Object.hasOwn(absences, key))).toEqual([]);
});

test('FEATURES.md gives reasons for the absence of nothing that is exported', () => {
  const exported = inventory.filter((feature) => counterpartOf(feature) !== null).map(keyOf);
  expect(exported.filter((key) => Object.hasOwn(absences, key))).toEqual([]);
});

test('what is noted of tests is about features that exist, and test files that do', () => {
  expect(Object.keys(evidence).filter((key) => !byKey.has(key))).toEqual([]);
  const files = new Set(Object.values(evidence).flatMap((counts) => Object.keys(counts)));
  expect([...files].filter((file) => !existsSync(root(file)))).toEqual([]);
});

describe('what FEATURES.md says is refused, is refused', () => {
  const all = [...Object.entries(limits), ...Object.entries(generalLimits)].flatMap(([key, list]) =>
    list.map((limit) => ({ key, ...limit })),
  );
  test.each(all)('what FEATURES.md says is refused, is refused: $key: $lacks', ({ attempt, message }) => {
    expect(attempt).toThrow(message);
  });

  test('what FEATURES.md says is refused, is refused: of features that exist', () => {
    expect(Object.keys(limits).filter((key) => !byKey.has(key))).toEqual([]);
  });
});

test.each(Object.entries(meantDifferences))('the config of %s differs where FEATURES.md says so', (key, keys) => {
  const feature = byKey.get(key)!;
  expect(configDifferences(feature, counterpartOf(feature)!)).toEqual(Object.keys(keys));
});
