import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VERSION } from '../../../src/core/version.ts';
import { runCli, temporaryFolder } from '../../support/run-cli.ts';

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();

const SHARED = ['.gitignore', 'README.md', 'package.json', 'src/model.ts', 'src/moons.ts', 'tsconfig.json'];

describe('evenkeel new', () => {
  test.for([
    ['node', ['src/predict.ts', 'src/train.ts']],
    ['vite', ['index.html', 'src/main.ts', 'src/picture.ts', 'vite.config.ts']],
  ] as const)('evenkeel new writes a project of the template %s', async ([template, own]) => {
    const folder = temporaryFolder()('My Moons!');
    const { code, stdout, stderr } = await runCli(['new', folder, '--template', template]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/ files in .*Next:\n\n {2}cd .*\n {2}npm install\n {2}npm run (train|dev)\n$/s);
    expect(filesIn(folder)).toEqual([...SHARED, ...own].sort());
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toMatchObject({ name: 'my-moons', private: true, dependencies: { evenkeel: `^${VERSION}` } });
    for (const file of filesIn(folder)) expect(readFileSync(join(folder, file), 'utf8')).not.toContain('{{');
  });

  test('evenkeel new --json prints the files', async () => {
    const folder = temporaryFolder()('moons');
    const { stdout } = await runCli(['new', folder, '--json']);
    expect(JSON.parse(stdout)).toEqual({
      folder,
      template: 'node',
      files: [...SHARED, 'src/predict.ts', 'src/train.ts'].sort(),
    });
  });

  test('evenkeel new writes into an empty folder, in which git may have begun, and keeps what is in a full one', async () => {
    const folder = temporaryFolder()('.');
    mkdirSync(join(folder, '.git'));
    expect((await runCli(['new', folder])).code).toBe(0);
    writeFileSync(join(folder, 'src/model.ts'), 'mine');
    const again = await runCli(['new', folder]);
    expect([again.code, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toBe(
      `evenkeel: ${JSON.stringify(folder)} must be an empty folder. Received: one with ".gitignore", "README.md", "package.json", …. Name another folder: evenkeel new my-project.\n`,
    );
    expect(readFileSync(join(folder, 'src/model.ts'), 'utf8')).toBe('mine');
  });

  test('evenkeel new refuses a file in place of a folder, and an unknown template', async () => {
    const file = temporaryFolder()('file');
    writeFileSync(file, '');
    const onFile = await runCli(['new', file]);
    expect(onFile.code).toBe(2);
    expect(onFile.stderr).toContain('must be a folder that can be written. Received: Error: ENOTDIR');
    const folder = temporaryFolder()('moons');
    const { code, stderr } = await runCli(['new', folder, '--template', 'toString']);
    expect([code, stderr]).toEqual([2, 'evenkeel: --template must be one of node, vite. Received: "toString".\n']);
  });
});
