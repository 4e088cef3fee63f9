import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Input, Model, Sequential, type Tensor, tensor } from 'evenkeel';
import { BatchNormalization, Concatenate, Conv2D, Dense, GlobalAveragePooling2D } from 'evenkeel/layers';
import { saveImg } from 'evenkeel/utils';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tensorToStored } from '../../../src/formats/arrays/convert-stored.ts';
import { writeNpy } from '../../../src/formats/npy/npy.ts';
import { lcg } from '../../support/lcg.ts';
import { runCli } from '../../support/run-cli.ts';

const page = readFileSync(new URL('../../../docs/command-line.md', import.meta.url), 'utf8');
/** The examples in the help of all commands, in order: later ones read what earlier ones wrote. */
const examples = [...page.matchAll(/^ {2}\$ evenkeel (.*)$/gm)].map(([, line = '']) => line);

const ROWS = 6;
const folder = mkdtempSync(join(tmpdir(), 'evenkeel-help-'));
const before = process.cwd();

const training = { optimizer: 'sgd', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] } as const;
const rows = (seed: number, size = 4): Tensor => tensor(lcg([ROWS, size], seed, -1, 1), [ROWS, size]);
const writeArray = (path: string, array: Tensor): void => writeFileSync(path, writeNpy(tensorToStored(array)));

/** A classifier of rows, whose first normalization has 32 channels. */
function makeDense(): Sequential {
  const model = new Sequential([
    Input({ shape: [4] }),
    new Dense(32),
    new BatchNormalization({ name: 'bn1' }),
    new Dense(32),
    new BatchNormalization({ name: 'bn2' }),
    new Dense(3, 'softmax'),
  ]);
  model.compile(training);
  return model;
}

/** A classifier of images. */
function makeImages(): Sequential {
  const model = new Sequential([
    Input({ shape: [8, 8, 3] }),
    new Conv2D(4, 3),
    new BatchNormalization(),
    new GlobalAveragePooling2D(),
    new Dense(3, 'softmax'),
  ]);
  model.compile(training);
  return model;
}

function makeTwoInputs(): Model {
  const inputs = [Input({ shape: [4] }), Input({ shape: [4] })];
  const model = new Model({ inputs, outputs: new Dense(3, 'softmax').apply(new Concatenate().apply(inputs)) });
  model.compile(training);
  return model;
}

// The files that the examples name.
beforeAll(async () => {
  process.chdir(folder);
  const [dense, images, two] = [makeDense(), makeImages(), makeTwoInputs()];
  for (const file of ['digits.keras', 'digits.h5', 'resnet.keras', 'resnet.h5', 'old.h5']) await dense.save(file);
  for (const file of ['flowers.keras', 'mobilenet.h5']) await images.save(file);
  for (const file of ['two-inputs.keras', 'two.keras']) await two.save(file);
  for (const [i, file] of ['x.npy', 'night.npy', 'left.npy', 'right.npy'].entries()) writeArray(file, rows(i));
  writeFileSync('flowers.txt', 'daisy\nrose\ntulip\n');
  for (const [i, file] of ['1.jpg', '2.jpg', 'cat.png'].entries()) {
    await saveImg(file, tensor(lcg([10, 12, 3], i, 0, 255), [10, 12, 3]), { scale: false });
  }
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

/** The arguments of a line as a shell passes them, without the redirection of the output. */
function argumentsOf(line: string): readonly string[] {
  const words = line.replace(/ > \S+$/, '').split(' ');
  return words.flatMap((word) =>
    word === '*.jpg' ? readdirSync(folder).filter((name) => name.endsWith('.jpg')) : [word],
  );
}

test('the help of the commands has examples', () => {
  expect(examples.length).toBeGreaterThan(25);
});

test.for(examples)('the example of the help runs: evenkeel %s', async (line) => {
  // Labels; the example of predict writes predictions to a file of this name.
  writeArray('y.npy', tensor([0, 1, 2, 0, 1, 2]));
  const [command = '', ...others] = argumentsOf(line);
  const few = command === 'demo' ? ['--examples', '64'] : [];
  const { code, stderr } = await runCli([command, ...others, ...few]);
  // Layers that were never trained are suspicious.
  const isStrict = others.includes('--strict');
  expect(code).toBe(isStrict ? 1 : 0);
  expect(stderr).toMatch(isStrict ? /^evenkeel: .* (need attention|has 1 finding)\.\n$/ : /^$/);
});

test('the module of --custom in docs/command-line.md is the one that test/engine/cli/commands.test.ts uses', () => {
  const module = readFileSync(new URL('../../support/custom-objects.mjs', import.meta.url), 'utf8');
  expect(page).toContain(module.slice(module.indexOf('\n') + 1));
});
