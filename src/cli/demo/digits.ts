import { Tensor } from '../../core/tensor.ts';

/** Images of digits with their labels. */
export interface Digits {
  /** `[count, 16, 16]`, in [0, 1] before noise is added. */
  readonly x: Tensor;
  /** `[count]` */
  readonly y: Tensor;
}

/** The width and height of an image in pixels. */
export const SIDE = 16;

/** The ten digits as glyphs of 5 × 7 pixels. */
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
 * Generates digits with random translation, scale, slant, rotation, brightness and noise. The same seed generates the same
 * digits.
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

/** Draws a glyph by mapping each pixel into it, with bilinear interpolation between the pixels of the glyph. */
function draw(pixels: Float32Array, glyph: readonly string[], random: () => number): void {
  const between = (minimum: number, maximum: number): number => minimum + (maximum - minimum) * random();
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

/** Returns a standard normal number (Box–Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Returns a generator of uniform numbers in [0, 1) (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
