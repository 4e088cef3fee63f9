import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { TESTS, compatibility, tablesOf } from '../../../scripts/compatibility.ts';

const root = (path: string): URL => new URL(`../../../${path}`, import.meta.url);

test('docs/compatibility.md is what the CI workflow and the recorded runs say; npm run compatibility writes it', async () => {
  const { present, expected } = await compatibility();
  expect(present).toBe(expected);
});

const workflow = {
  jobs: {
    ci: { strategy: { matrix: { os: ['ubuntu-latest', 'windows-latest'], node: [24] } } },
    package: { strategy: { matrix: { os: ['macos-15-intel'], node: [24] } } },
    keras: { strategy: { matrix: { keras: ['3.15.1'] } } },
  },
};

test('the table of compatibility says of an environment without a recorded run that it was not run', () => {
  const run = {
    tests: TESTS.whole,
    system: 'linux-x64',
    runtime: 'node 24',
    version: 'Node 24.1.0',
    date: '2026-11-30',
  };
  const text = tablesOf(workflow, [{ name: 'deno@2' }], [{ ...run, passed: true }]);
  expect(text).toContain('| Node 24 on Linux, x64 | `bash .ci/run` | passed with Node 24.1.0 on 2026-11-30 |');
  expect(text).toContain('| Node 24 on Windows, x64 | `bash .ci/run` | not run |');
  expect(text).toContain('| Node 24 on macOS, x64 | `npm run test:pack` | not run |');
  expect(text).toContain('| Deno 2 on Linux, x64 | `npm run test:pack -- --all` | not run |');
  expect(text).toContain('| Firefox | none | not run |');
  const failed = tablesOf(workflow, [], [{ ...run, passed: false }]);
  expect(failed).toContain('failed with Node 24.1.0 on 2026-11-30');
});

test('the table of compatibility refuses a runner that it does not know', () => {
  const jobs = { ...workflow.jobs, ci: { strategy: { matrix: { os: ['amiga-latest'], node: [24] } } } };
  expect(() => tablesOf({ jobs }, [], [])).toThrow('does not know the runner amiga-latest');
});

test('the oldest Node of the workflow is the one that package.json requires', () => {
  const { engines } = JSON.parse(readFileSync(root('package.json'), 'utf8')) as { engines: { node: string } };
  const { jobs } = parse(readFileSync(root('.github/workflows/ci.yml'), 'utf8')) as typeof workflow;
  expect(engines.node).toMatch(new RegExp(`^>=${Math.min(...jobs.ci.strategy.matrix.node)}\\.`));
});

test('the Keras of the workflow is the one that made the golden data', () => {
  const { jobs } = parse(readFileSync(root('.github/workflows/ci.yml'), 'utf8')) as typeof workflow;
  const golden = JSON.parse(readFileSync(root('test/golden/layers.json'), 'utf8')) as {
    about: { versions: { keras: string } };
  };
  expect(jobs.keras.strategy.matrix.keras).toContain(golden.about.versions.keras);
});
