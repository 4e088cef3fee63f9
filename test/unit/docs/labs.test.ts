import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { labs } from '../../../labs/all.ts';
import { type Check, check, showEstimate, verdictOf } from '../../../labs/lab.ts';
import { labsPage } from '../../../labs/page.ts';
import { readResults, resultsFolder } from '../../../labs/results.ts';
import { estimate } from '../../../labs/statistics.ts';

test('docs/labs.md is the page that the results of the labs make', async () => {
  const { present, expected } = await labsPage();
  expect(present).toBe(expected);
});

test('Every result of a lab has the verdict and the checks that its numbers give, over at least five seeds', () => {
  for (const { name, checks, verdict, seeds } of readResults()) {
    expect(seeds.length, name).toBeGreaterThanOrEqual(5);
    expect(verdict, name).toBe(verdictOf(checks));
    for (const { statement, values, estimate: written } of checks) {
      expect(values, statement).toHaveLength(seeds.length);
      const { mean, low, high } = estimate(values);
      for (const [a, b] of [
        [mean, written.mean],
        [low, written.low],
        [high, written.high],
      ] as const) {
        expect(Math.abs(a - b), statement).toBeLessThanOrEqual(1e-3 * Math.max(Math.abs(high - low), Math.abs(mean)));
      }
    }
  }
});

test('The results of labs are small, of the present claims, and have their plots', () => {
  const present = new Map(labs.map((lab) => [lab.name, lab]));
  const results = new Map(readResults().map((result) => [result.name, result]));
  for (const [name, { claim, setup, title }] of results) {
    expect(present.get(name), name).toMatchObject({ claim, setup, title });
    expect(statSync(`${resultsFolder}${name}.json`).size, name).toBeLessThan(50_000);
    for (const { file } of results.get(name)!.plots) {
      expect(statSync(`${resultsFolder}${file}`).size, file).toBeLessThan(60_000);
      expect(readFileSync(`${resultsFolder}${file}`, 'utf8')).toMatch(/^<svg /);
    }
  }
  const known = [...results.values()].flatMap(({ name, plots }) => [`${name}.json`, ...plots.map(({ file }) => file)]);
  expect(existsSync(resultsFolder) ? readdirSync(resultsFolder).toSorted() : []).toEqual(known.toSorted());
});

test('The interval over seeds is the t-interval of their mean', () => {
  // 4 ± 2.776445 · s / √5, with s = √12.5
  const { mean, low, high } = estimate([1, 2, 3, 4, 10]);
  expect(mean).toBe(4);
  expect(low).toBeCloseTo(-0.3899, 2);
  expect(high).toBeCloseTo(8.3899, 2);
});

test('A check holds only if the whole interval is on its side of the bound', () => {
  const values = [1, 2, 3, 4, 10];
  expect(check('', values, { above: -0.4 }).holds).toBe(true);
  expect(check('', values, { above: -0.38 }).holds).toBe(false);
  expect(check('', values, { below: 8.4 }).holds).toBe(true);
  expect(check('', values, { above: -1, below: 8 }).holds).toBe(false);
  expect(check('', [1, NaN, 2, 3, 4], { above: 0 }).holds).toBe(false);
});

test('A claim holds if all its checks do, partly if some do, and otherwise it does not hold here', () => {
  const yes: Check = check('', [1, 1, 1], { above: 0 });
  const no: Check = check('', [1, 1, 1], { above: 2 });
  expect(verdictOf([yes, yes])).toBe('holds');
  expect(verdictOf([yes, no])).toBe('holds partly');
  expect(verdictOf([no, no])).toBe('does not hold here');
});

test('An estimate is written in its unit', () => {
  expect(showEstimate(check('', [0.01, 0.02, 0.03], { unit: 'points' }))).toBe('2.00 points [−0.48, 4.48]');
  expect(showEstimate(check('', [0, 0, 0], { unit: 'factor' }))).toBe('1 × [1, 1]');
});
