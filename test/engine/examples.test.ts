import { expect, test } from 'vitest';
import { takeOutput } from '../support/fail-on-console.ts';

/** What a program prints while it runs. */
async function printed(run: () => Promise<unknown>): Promise<string> {
  await run();
  return takeOutput()
    .map(({ text }) => text)
    .join('\n');
}

test("the article's program runs as it stands", async () => {
  const output = await printed(() => import('../../examples/article.ts'));
  expect(output).toContain('output: [4, 4, 4, 1]');
  expect(output).toMatch(/mean of what the batch normalization gives: -?0\.000000/);
  expect(output).toMatch(/its moving mean is the batch's, for its momentum is 0: -?0\.000000/);
  expect(output).toContain('losses: 3, all finite: true');
  expect(output).toContain('Trainable params: 9,665 (37.75 KB)');
});

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

test('the demonstration trains both networks on a few digits and compares them', async () => {
  const output = await printedWith(['--digits', '256', '--epochs', '1'], () => import('../../examples/digits.ts'));
  expect(output).toContain('With BatchNormalization: 256 digits, batches of 128');
  expect(output).toMatch(/\| 1 +\| +\d\.\d{4} \| +\d\.\d{4} \| +\d+\.\d\d % \| +\d+\.\d\d % \|/);
});

test('the pre-norm transformer learns its text, and writes', async () => {
  const output = await printedWith(['--epochs', '4'], () => import('../../examples/transformer.ts'));
  expect(output).toContain('22 tokens, 233 windows, 59686 parameters');
  const [, first = '0', last = '9'] = /loss: ([\d.]+) in the first epoch, ([\d.]+) in the last/.exec(output) ?? [];
  expect(Number(last)).toBeLessThan(0.8 * Number(first));
  expect(output).toMatch(/it writes: this is the house that j.{60}$/);
});

test('an LSTM with layer normalization in its cell learns sums faster than a plain one', async () => {
  const output = await printedWith(['--epochs', '5'], () => import('../../examples/layer-normalized-lstm.ts'));
  const [plain = 0, normalized = 9] = [...output.matchAll(/([\d.]+) in the last/g)].map(([, loss]) => Number(loss));
  expect(normalized).toBeLessThan(0.5 * plain);
});
