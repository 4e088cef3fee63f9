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

test('the demonstration trains both networks on a few digits and compares them', async () => {
  const args = process.argv;
  process.argv = [...args.slice(0, 2), '--digits', '256', '--epochs', '1'];
  try {
    const output = await printed(() => import('../../examples/digits.ts'));
    expect(output).toContain('With BatchNormalization: 256 digits, batches of 128');
    expect(output).toMatch(/\| 1 +\| +\d\.\d{4} \| +\d\.\d{4} \| +\d+\.\d\d % \| +\d+\.\d\d % \|/);
  } finally {
    process.argv = args;
  }
});
