import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exampleNames } from '../../scripts/examples/source.ts';
import { takeOutput } from '../support/fail-on-console.ts';

// Some examples write files, into the working directory.
const [before, folder] = [process.cwd(), mkdtempSync(join(tmpdir(), 'evenkeel-examples-'))];
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

/** What a program prints while it runs. */
async function printed(run: () => Promise<unknown>): Promise<string> {
  await run();
  return takeOutput()
    .map(({ text }) => text)
    .join('\n');
}

/** The output of a program with these arguments. */
async function printedWith(args: readonly string[], run: () => Promise<unknown>): Promise<string> {
  const before = process.argv;
  process.argv = [...before.slice(0, 2), ...args];
  try {
    return await printed(run);
  } finally {
    process.argv = before;
  }
}

/** The number that a pattern finds. */
const found = (output: string, pattern: RegExp): number => Number(pattern.exec(output)?.[1]);

/** A test for each example; the numbers marked by `quick:` are smaller here, see vitest.config.ts. */
const tests: Readonly<Record<string, readonly [title: string, run: () => Promise<void>]>> = {
  article: [
    "the article's program runs as it stands",
    async () => {
      const output = await printed(() => import('../../examples/article.ts'));
      expect(output).toContain('output: [4, 4, 4, 1]');
      expect(output).toMatch(/mean of what the batch normalization gives: -?0\.000000/);
      expect(output).toMatch(/its moving mean is the batch's, for its momentum is 0: -?0\.000000/);
      expect(output).toContain('losses: 3, all finite: true');
      expect(output).toContain('Trainable params: 9,665 (37.75 KB)');
    },
  ],
  digits: [
    'the demonstration trains both networks on a few digits and compares them',
    async () => {
      const args = ['--digits', '256', '--epochs', '1'];
      const output = await printedWith(args, () => import('../../examples/digits.ts'));
      expect(output).toContain('With BatchNormalization: 256 digits, batches of 128');
      expect(output).toMatch(/\| 1 +\| +\d\.\d{4} \| +\d\.\d{4} \| +\d+\.\d\d % \| +\d+\.\d\d % \|/);
    },
  ],
  transformer: [
    'the pre-norm transformer learns its text, and writes',
    async () => {
      const output = await printed(() => import('../../examples/transformer.ts'));
      expect(output).toContain('22 tokens, 233 windows, 59686 parameters');
      const [, first = '0', last = '9'] = /loss: ([\d.]+) in the first epoch, ([\d.]+) in the last/.exec(output) ?? [];
      expect(Number(last)).toBeLessThan(0.8 * Number(first));
      expect(output).toMatch(/it writes: this is the house that j.{60}$/);
    },
  ],
  'layer-normalized-lstm': [
    'an LSTM with layer normalization in its cell learns sums faster than a plain one',
    async () => {
      const output = await printed(() => import('../../examples/layer-normalized-lstm.ts'));
      const [plain = 0, normalized = 9] = [...output.matchAll(/([\d.]+) in the last/g)].map(([, loss]) => Number(loss));
      expect(normalized).toBeLessThan(0.5 * plain);
    },
  ],
  'tabular-regression': [
    'the tabular regression adapts its normalization, and learns prices',
    async () => {
      const output = await printed(() => import('../../examples/tabular-regression.ts'));
      expect(found(output, /means: \[ ([\d.]+)/)).toBeCloseTo(84.02, 1);
      // The prices are about 400 thousand.
      expect(found(output, /mean absolute error on new apartments: ([\d.]+)/)).toBeLessThan(250);
    },
  ],
  'wrong-validation-loss': [
    'the validation loss is wrong, the diagnosis says why, and recalibration fixes it',
    async () => {
      const output = await printed(() => import('../../examples/wrong-validation-loss.ts'));
      expect(found(output, /validation loss ([\d.]+)/)).toBeGreaterThan(5);
      expect(output).toContain('2 of 2 layers are not warmed up');
      expect(found(output, /after recalibration: validation loss ([\d.]+), fine/)).toBeLessThan(0.1);
    },
  ],
  autoencoder: [
    'the autoencoder raises more alarms for faulty windows than for normal ones',
    async () => {
      const output = await printed(() => import('../../examples/autoencoder.ts'));
      const [, faulty, normal] = /alarms: ([\d.]+) % of the faulty windows, ([\d.]+) %/.exec(output) ?? [];
      expect(Number(normal)).toBeLessThan(10);
      expect(Number(faulty)).toBeGreaterThan(Number(normal));
    },
  ],
  gan: [
    'the generator and the discriminator learn from each other',
    async () => {
      const output = await printed(() => import('../../examples/gan.ts'));
      expect(output.match(/step \d+: loss \d\.\d{3} \(discriminator\), \d\.\d{3} \(generator\)/g)).toHaveLength(5);
      expect(output).toMatch(/\d+ % of the generated points are near the ring, at [1-8] of its 8 clouds/);
    },
  ],
  'custom-parts': [
    'fit and a loop of custom parts compute the same loss',
    async () => {
      const output = await printed(() => import('../../examples/custom-parts.ts'));
      expect(found(output, /fit: loss ([\d.]+)/)).toBeCloseTo(found(output, /loop: loss ([\d.]+)/), 3);
      expect(found(output, /coverage ([\d.]+)/)).toBeGreaterThan(0.3);
    },
  ],
  'character-lstm': [
    'the LSTM learns its text, and writes',
    async () => {
      const output = await printed(() => import('../../examples/character-lstm.ts'));
      const [, first = '0', last = '9'] = /loss: ([\d.]+) in the first epoch, ([\d.]+) in the last/.exec(output) ?? [];
      expect(Number(last)).toBeLessThan(0.9 * Number(first));
      expect(output).toMatch(/it writes: the north wind and the sun dispu.{160}$/s);
    },
  ],
  'text-classification': [
    'the texts are vectorized and classified',
    async () => {
      const output = await printed(() => import('../../examples/text-classification.ts'));
      expect(output).toContain('40 words');
      expect(found(output, /accuracy: ([\d.]+)/)).toBeGreaterThan(0.5);
      expect(output).toMatch(/the film is not great: \d+ % positive/);
    },
  ],
  'image-classification': [
    'images are read from folders, augmented and classified',
    async () => {
      const output = await printed(() => import('../../examples/image-classification.ts'));
      expect(found(output, /accuracy: ([\d.]+) in training/)).toBeGreaterThan(0.45);
      expect(output).toMatch(/cross \d+ %, disc \d+ %, square \d+ %/);
    },
  ],
  'transfer-learning': [
    'the model from Python learns two other classes with a new head',
    async () => {
      const output = await printed(() => import('../../examples/transfer-learning.ts'));
      expect(found(output, /a new head: 6089 parameters, ([\d.]+) %/)).toBeGreaterThan(80);
      expect(output).toContain('frozen: batch_normalization, batch_normalization_1, batch_normalization_2');
    },
  ],
  'export-and-fold': [
    'the exported network runs in ONNX Runtime and computes the same',
    async () => {
      const output = await printed(() => import('../../examples/export-and-fold.ts'));
      expect(output).toContain('14 layers become 10');
      const [, exported, own] = /ONNX Runtime: (.*)\nevenkeel: +(.*)/.exec(output) ?? [];
      expect(exported).toBe(own);
    },
  ],
  server: [
    'the server answers many requests with few batches, and refuses a bad one',
    async () => {
      const output = await printed(() => import('../../examples/server.ts'));
      expect(found(output, /100 requests in (\d+) batch/)).toBeLessThan(100);
      expect(output).toMatch(/a bad request:.*a list of 4 numbers/s);
    },
  ],
};

test('every example has a test', () => {
  expect(Object.keys(tests).sort()).toEqual(exampleNames);
});

for (const [title, run] of Object.values(tests)) test(title, run);
