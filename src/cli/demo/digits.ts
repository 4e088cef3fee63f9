import { Tensor } from '../../core/tensor.ts';

/** Pictures of digits, and which digit each one is. */
export interface Digits {
  /** `[count, 16, 16]`, from 0 to 1 but for the noise. */
  readonly x: Tensor;
  /** `[count]` */
  readonly y: Tensor;
}

/** How many pixels a picture has on a side. */
export const SIDE = 16;

/** The ten digits, five pixels wide and seven high. */
const GLYPHS: readonly string[] = [
  '.###. #...# #..## #.#.# ##..# #...# .###.',
  '..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.',
  '.###. #...# ....# ...#. ..#.. .#... #####',
  '.###. #...# ....# ..##. ....# #...# .###.',
  '...#. ..##. .#.#. #..#. ##### ...#. ...#.',
  '##### #.... ####. ....# ....# #...# .###.',
  '.###. #.... #.... ####. #...# #...# .###.',
  '##### ....# ...#. ...#. ..#.. ..#.. ..#..',
  '.###. #...# #...# .###. #...# #...# .###.',
  '.###. #...# #...# .#### ....# ....# .###.',
];
const [WIDTH, HEIGHT] = [5, 7];

/**
 * Draws digits: each one moved, scaled, slanted, turned a little, of its own brightness, and with noise over it. The same
 * seed draws the same digits.
 */
export function drawDigits(count: number, seed: number): Digits {
  const random = generator(seed);
  const x = new Float32Array(count * SIDE * SIDE);
  const y = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const digit = Math.floor(random() * 10);
    y[i] = digit;
    draw(x.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE), GLYPHS[digit]?.split(' ') ?? [], random);
  }
  return { x: new Tensor(x, [count, SIDE, SIDE]), y: new Tensor(y, [count]) };
}

/** Every pixel asks where in the glyph it lies; between the glyph's pixels brightness changes linearly. */
function draw(pixels: Float32Array, glyph: readonly string[], random: () => number): void {
  const between = (least: number, most: number): number => least + (most - least) * random();
  const scale = between(0.5, 0.75);
  const angle = between(-0.25, 0.25);
  const slant = between(-0.3, 0.3);
  const [right, down] = [between(-2.5, 2.5), between(-2, 2)];
  const brightness = between(0.6, 1);
  const [sine, cosine] = [Math.sin(angle) * scale, Math.cos(angle) * scale];
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const [u, v] = [column - (SIDE - 1) / 2 - right, row - (SIDE - 1) / 2 - down];
      const across = cosine * u + sine * v;
      const along = cosine * v - sine * u;
      const ink = sample(glyph, across + slant * along + (WIDTH - 1) / 2, along + (HEIGHT - 1) / 2);
      pixels[row * SIDE + column] = brightness * ink + 0.15 * normal(random);
    }
  }
}

function sample(glyph: readonly string[], column: number, row: number): number {
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [right, down] = [column - left, row - top];
  const ink = (i: number, j: number): number => (glyph[j]?.[i] === '#' ? 1 : 0);
  const above = ink(left, top) * (1 - right) + ink(left + 1, top) * right;
  const below = ink(left, top + 1) * (1 - right) + ink(left + 1, top + 1) * right;
  return above * (1 - down) + below * down;
}

/** A number of the normal distribution, by Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Numbers between 0 and 1: the generator mulberry32. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
