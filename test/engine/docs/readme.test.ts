import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as evenkeel from '../../../src/index.ts';
import { Input, Sequential, layers, tensor, utils } from '../../../src/index.ts';
import { takeOutput } from '../../support/fail-on-console.ts';
import { readmePrograms } from '../../support/readme-programs.ts';
import { withoutImports } from '../../support/without-imports.ts';

const AsyncFunction = (async () => undefined).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<unknown>;

const images = (count: number) =>
  tensor(
    Float32Array.from({ length: count * 784 }, (_, i) => (i % 13) / 13),
    [count, 28, 28, 1],
  );
const labels = (count: number) => tensor(Int32Array.from({ length: count }, (_, i) => i % 10));

/** The variables that the programs expect: digits and their labels. */
const data = {
  x: images(20),
  y: labels(20),
  testX: images(10),
  testY: labels(10),
  batches: [
    [images(4), labels(4)],
    [images(3), labels(3)],
  ],
};

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-readme-'));
const before = process.cwd();

// The files that the programs read.
beforeAll(async () => {
  process.chdir(folder);
  const backbone = new Sequential([
    Input({ shape: [224, 224, 3] }),
    new layers.Conv2D(2, 3, { strides: 16 }),
    new layers.BatchNormalization(),
    new layers.GlobalAveragePooling2D(),
  ]);
  await backbone.save('backbone.keras');
  const trained = new Sequential([
    Input({ shape: [28, 28, 1] }),
    new layers.Conv2D(2, 3),
    new layers.BatchNormalization(),
    new layers.Flatten(),
    new layers.Dense(10, 'softmax'),
  ]);
  trained.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
  await trained.save('made-in-python.keras');
  for (const file of ['cat.jpg', 'dog.png'])
    await utils.saveImg(file, tensor(data.testX.data.subarray(0, 300), [10, 10, 3]));
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

test('README.md has programs', () => {
  expect(readmePrograms.length).toBeGreaterThan(4);
});

test.each(readmePrograms.map((code, i) => ({ code, number: i + 1 })))(
  'program $number of README.md runs',
  async ({ code }) => {
    const { outputText } = ts.transpileModule(`{\n${withoutImports(code)}\n}`, {
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
    });
    await new AsyncFunction('evenkeel', ...Object.keys(data), outputText)(evenkeel, ...Object.values(data));
    takeOutput();
  },
);

test('the programs of README.md write the files that they name', () => {
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(['back-to-python.keras', 'model.onnx']));
});
