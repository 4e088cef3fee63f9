import { describe, expect, test } from 'vitest';
import { type Stroke, SIDE, rasterize, rasterizeCentered } from '../../../playground/src/drawing/rasterize.ts';

/** The center of mass of the ink, and the box of the pixels with more than a trace of it. */
function measure(pixels: Float32Array): { x: number; y: number; width: number; height: number; most: number } {
  let [x, y, mass] = [0, 0, 0];
  const [columns, rows]: [number[], number[]] = [[], []];
  pixels.forEach((ink, i) => {
    const [column, row] = [i % SIDE, Math.floor(i / SIDE)];
    [x, y, mass] = [x + ink * (column + 0.5), y + ink * (row + 0.5), mass + ink];
    if (ink <= 0.3) return;
    columns.push(column);
    rows.push(row);
  });
  const extent = (list: number[]): number => Math.max(...list) - Math.min(...list) + 1;
  return { x: x / mass, y: y / mass, width: extent(columns), height: extent(rows), most: Math.max(...pixels) };
}

const one: Stroke = [
  { x: 3, y: 2 },
  { x: 3, y: 9 },
];

describe('drawings', () => {
  test('A drawing without strokes has no ink', () => {
    expect(rasterize([]).every((ink) => ink === 0)).toBe(true);
    expect(rasterizeCentered([]).every((ink) => ink === 0)).toBe(true);
  });

  test('A drawing is shown where it was drawn', () => {
    const { x, y, most } = measure(rasterize([one]));
    expect(x).toBeCloseTo(3, 5);
    expect(y).toBeCloseTo(5.5, 5);
    expect(most).toBe(1);
  });

  test('A small drawing in a corner is scaled to 20 pixels, and its center of mass is in the middle, as in MNIST', () => {
    const seven: Stroke = [
      { x: 1, y: 1 },
      { x: 7, y: 1 },
      { x: 3, y: 9 },
    ];
    const { x, y, height, width } = measure(rasterizeCentered([seven]));
    expect(x).toBeCloseTo(SIDE / 2, 1);
    expect(y).toBeCloseTo(SIDE / 2, 1);
    expect(height).toBeGreaterThanOrEqual(19);
    expect(height).toBeLessThanOrEqual(21);
    expect(width).toBeLessThan(height);
  });

  test('Several strokes are scaled together', () => {
    const cross = [
      one,
      [
        { x: 0, y: 5 },
        { x: 6, y: 5 },
      ],
    ];
    const { width, height } = measure(rasterizeCentered(cross));
    expect(Math.abs(height - 20)).toBeLessThanOrEqual(1);
    expect(Math.abs(width - 17.6)).toBeLessThanOrEqual(1.5);
  });

  test('A dot keeps the size of the pen', () => {
    const { x, y, width, height } = measure(rasterizeCentered([[{ x: 20, y: 4 }]]));
    expect([x, y].map(Math.round)).toEqual([14, 14]);
    expect(Math.max(width, height)).toBeLessThanOrEqual(3);
  });

  test('A stroke beyond the edge has ink up to the edge', () => {
    const pixels = rasterize([
      [
        { x: 20, y: 14 },
        { x: 40, y: 14 },
      ],
    ]);
    expect(pixels).toHaveLength(784);
    expect(pixels[14 * SIDE + 27]).toBe(1);
  });
});
