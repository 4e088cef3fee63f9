import { expect, test } from 'vitest';
import { expectWarning, takeOutput } from '../../support/fail-on-console.ts';

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what a test prints is kept from the terminal and remembered', () => {
  console.log('loss %d', 2, { a: 1 });
  console.error(new Error('no').message);
  expect(takeOutput()).toEqual([
    { from: 'console.log', text: 'loss 2 { a: 1 }' },
    { from: 'console.error', text: 'no' },
  ]);
  expect(takeOutput()).toEqual([]);
});

test('an expected warning is taken once', () => {
  console.warn('epsilon is small');
  expect(expectWarning(/epsilon/)).toBe('epsilon is small');
  expect(() => expectWarning('epsilon')).toThrow('Expected a warning like epsilon. Nothing was printed.');
});

test('a warning of the process is expected in the same way', async () => {
  process.emitWarning('too many listeners');
  await tick();
  expect(expectWarning('many listeners')).toBe('Warning: too many listeners');
});

test('only a warning is a warning', () => {
  console.log('epsilon is small');
  expect(() => expectWarning('epsilon')).toThrow('[console.log] epsilon is small');
  takeOutput();
});
