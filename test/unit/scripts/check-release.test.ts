import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { faultsOf } from '../../../scripts/check-release.mjs';

const parts = {
  manifest: '{"version": "1.2.3"}',
  source: "export const VERSION = '1.2.3';",
  changelog: '# Changelog\n\n## 1.2.3, 2027-01-31\n',
};

test('a release whose tag, version and changelog agree has no faults', () => {
  expect(faultsOf('v1.2.3', parts)).toEqual([]);
});

test('a release is refused if its tag, its source or its changelog differ from the version', () => {
  expect(faultsOf('1.2.3', parts)).toEqual(['the tag must be v1.2.3, the version in package.json. Received: 1.2.3.']);
  expect(faultsOf('v1.2.3', { ...parts, source: "VERSION = '1.2.2'" })).toEqual([
    'VERSION in src/core/version.ts must be 1.2.3. Received: 1.2.2.',
  ]);
  expect(faultsOf('v1.2.3', { ...parts, changelog: '' })).toEqual([
    'CHANGELOG.md must have a section "## 1.2.3, <date>".',
  ]);
  expect(faultsOf('v1.2.3', { ...parts, changelog: '## 1.2.3, unreleased' })[0]).toContain(
    'must say the date of 1.2.3',
  );
});

test('scripts/check-release.mjs exits with 1 for a tag of another version', () => {
  const script = fileURLToPath(new URL('../../../scripts/check-release.mjs', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [script, 'v99.0.0'], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stdout).toContain('Received: v99.0.0.');
});
