import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sparkline } from '../../../src/core/terminal/sparkline.ts';

function drawn(values: readonly number[], width = 12): string {
  const line = new Sparkline();
  for (const value of values) line.add(value);
  return line.draw(width);
}

test('a sparkline of losses that fall by a factor is a straight line', () => {
  expect(drawn([128, 64, 32, 16, 8, 4, 2, 1])).toBe('█▇▆▅▄▃▂▁');
});

test('a sparkline of values that are not all positive has a linear scale', () => {
  expect(drawn([-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5])).toBe('▁▂▃▄▅▆▇█');
});

test('a sparkline needs two values, and equal values are flat', () => {
  expect([drawn([]), drawn([1]), drawn([2, 2, 2])]).toEqual(['', '', '▁▁▁']);
});

test('NaN and infinity are gaps in a sparkline', () => {
  expect(drawn([4, NaN, 1, Infinity])).toBe('█ ▁ ');
  expect(drawn([NaN, NaN])).toBe('  ');
});

test('a sparkline of many values keeps their course', () => {
  const falling = Array.from({ length: 10_000 }, (_, i) => 10_000 - i);
  expect(
    drawn(
      falling.map((value) => value - 5_000),
      8,
    ),
  ).toBe('█▇▆▅▄▃▂▁');
});

test('a sparkline is as wide as there is place and values, and has its extremes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 700 }),
      fc.integer({ min: 1, max: 20 }),
      (values, width) => {
        const line = drawn(values, width);
        expect(line.length).toBe(Math.min(width, values.length));
        expect(line).toMatch(/^[▁▂▃▄▅▆▇█]+$/);
        if (new Set(line).size > 1) expect(line).toMatch(/▁.*█|█.*▁/);
      },
    ),
  );
});
