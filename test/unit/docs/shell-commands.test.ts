import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { blocksOf, markdownFiles, root } from '../../support/docs/markdown.ts';

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
}

interface Command {
  readonly page: string;
  readonly text: string;
}

/** The commands of a block, without comments; a line that ends in a backslash continues on the next. */
const commandsIn = (code: string): readonly string[] =>
  code
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => line.replace(/(?:^|\s)#.*/, '').split('&&'))
    .map((text) => text.trim().replaceAll(/\s+/g, ' '))
    .filter((text) => text !== '');

const commands: readonly Command[] = markdownFiles.flatMap((page) =>
  blocksOf(page)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => commandsIn(code).map((text) => ({ page, text }))),
);

/** Commands that are not scripts of the package, with the reason for which no test runs them. */
const OTHERS: Readonly<Record<string, string>> = {
  'npm ci': 'the first step of .ci/run',
  'npm install': 'in a new project; npm run test:pack does so',
  'npm install evenkeel': 'the package; npm run test:pack installs it from its archive',
  'cp node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.{mjs,wasm} public/engine/':
    'the files of the engine; npm run test:pack -- --all copies them for esbuild',
  'pip install tensorboard': 'Python',
  'tensorboard --logdir runs': 'Python; npm run check:tensorboard reads such a folder',
  'node train.js': 'a program of the reader; test/mpi/ has the like',
  'NODE_COMPILE_CACHE=node_modules/.cache/node node train.js': 'needs a program of the user, and Node 22',
  'mpirun -n 4 node train.js': 'needs MPI; test/mpi/ has the like',
  'mpirun -n 16 --hostfile hosts node train.js': 'needs several machines',
  'srun --mpi=pmix -K -n 64 node train.js': 'needs Slurm',
  'srun --mpi=pmi2 -K -n 64 node train.js': 'needs Slurm',
  'srun --mpi=pmix -K --cpus-per-task=4 node train.js': 'needs Slurm',
  'VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json EVENKEEL_ENGINE=webgpu node train.js':
    'needs a renderer; test/webgpu/ uses it where there is one',
  'python3 -m venv ~/peers': 'Python',
  '~/peers/bin/pip install keras==3.15.1 tensorflow-cpu==2.21.0 jax==0.10.2': 'Python',
  '~/peers/bin/pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu': 'Python',
  'npm install --prefix ~/tfjs @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0 @tensorflow/tfjs-backend-webgpu@4.22.0':
    'downloads another library',
  'RECORD=records/losses.jsonl KERAS_BACKEND=jax JAX_PLATFORMS=cpu PYTHONPATH=scripts/keras-calls python -m pytest -p record -p no:cacheprovider -q -W ignore SITE-PACKAGES/keras/src/losses':
    'Python',
};

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;

/** The package that a page describes: its own folder's, or the whole. */
const packageOf = (page: string): Manifest =>
  readManifest(existsSync(join(root, dirname(page), 'package.json')) ? dirname(page) : '.');

/** The script of a command such as `npm run bench -- --quick` or `npm test`; null if it is another command. */
function scriptOf(text: string): string | null {
  const [, script, isTest] = /^(?:[A-Z_]+=\S+ )*npm (?:run (\S+)|(test)$)/.exec(text) ?? [];
  return script ?? isTest ?? null;
}

test.for(commands)('the command of $page is a script of its package, or one of the list: $text', ({ page, text }) => {
  const script = scriptOf(text);
  expect(script === null ? Object.keys(OTHERS) : Object.keys(packageOf(page).scripts)).toContain(script ?? text);
});

test('the list has the commands that pages have, and no others', () => {
  const others = commands.map(({ text }) => text).filter((text) => scriptOf(text) === null);
  expect([...new Set(others)].sort()).toEqual(Object.keys(OTHERS).sort());
});

test('the package has a script for each program of scripts/ that checks something', () => {
  const lines = Object.values(readManifest('.').scripts).join('\n');
  const programs = readdirSync(join(root, 'scripts')).filter((name) => /^check-.*(?<!\.d)\.m?[jt]s$/.test(name));
  expect(programs.filter((name) => !lines.includes(`scripts/${name}`))).toEqual([]);
});

test('CONTRIBUTING.md documents each script that checks something', () => {
  const checks = Object.keys(readManifest('.').scripts).filter((name) => name.startsWith('check:'));
  const documented = commands.filter(({ page }) => page === 'CONTRIBUTING.md').map(({ text }) => scriptOf(text));
  expect(checks.filter((name) => !documented.includes(name))).toEqual([]);
});
