import { ValueError, show } from './errors.ts';

/**
 * A stream of pseudo-random numbers: Chris Doty-Humphrey's sfc32, 128 bits of state, which passes PractRand.
 * The same seed produces the same numbers on every engine and machine.
 */
export class RandomStream {
  static #count = 0;
  /** The number of streams made before this one. */
  readonly serial: number = RandomStream.#count++;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spare: number | null = null;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 4294967296) | 0;
    this.#c = 0x9e3779b9 | 0;
    for (let i = 0; i < 15; i++) this.nextInteger();
  }

  /** The number of streams made so far. */
  static get count(): number {
    return RandomStream.#count;
  }

  /** An integer in [0, 2³²). */
  nextInteger(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number in [0, 1), a multiple of 2⁻²⁴ so that float32 holds it exactly. */
  nextUniform(): number {
    return (this.nextInteger() >>> 8) / 16777216;
  }

  /** A number of the standard normal distribution (Marsaglia's polar method). */
  nextNormal(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    for (;;) {
      const u = 2 * ((this.nextInteger() + 0.5) / 4294967296) - 1;
      const v = 2 * ((this.nextInteger() + 0.5) / 4294967296) - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        this.#spare = v * factor;
        return u * factor;
      }
    }
  }

  /** Fills an array with uniform numbers in [0, 1). */
  fillUniform(target: Float32Array | Float64Array): void {
    for (let i = 0; i < target.length; i++) target[i] = this.nextUniform();
  }

  /** A seed of another stream. */
  nextSeed(): number {
    return (this.nextInteger() & 0x1fffff) * 4294967296 + this.nextInteger();
  }

  /** An integer in [0, limit). */
  nextBelow(limit: number): number {
    return Math.floor(((this.nextInteger() + this.nextInteger() / 4294967296) / 4294967296) * limit);
  }

  /** The numbers 0 … count − 1 in random order (Fisher–Yates shuffle). */
  permutation(count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.nextBelow(i + 1);
      const kept = order[i] ?? 0;
      order[i] = order[j] ?? 0;
      order[j] = kept;
    }
    return order;
  }
}

/** A stream that starts again each time it fills an array: programs draw the same numbers at each run. */
export class RepeatedStream extends RandomStream {
  readonly #seed: number;

  constructor(seed: number) {
    super(seed);
    this.#seed = seed;
  }

  override fillUniform(target: Float32Array | Float64Array): void {
    new RandomStream(this.#seed).fillUniform(target);
  }
}

/** The source of default seeds: process-wide, so that one call makes everything reproducible. */
let seeds = new RandomStream(Math.floor(Math.random() * 2 ** 52));

/**
 * Seeds all random numbers drawn from now on: initial weights, shuffling, dropout.
 *
 * @throws ValueError if the seed is not a non-negative integer.
 * @example
 * const draw = () => new initializers.RandomNormal().call([1]).item();
 * setRandomSeed(42);
 * const first = draw();
 * setRandomSeed(42);
 * draw() === first;   // true
 * @see https://keras.io/api/utils/python_utils/#set_random_seed-function
 */
export function setRandomSeed(seed: number): void {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ValueError(`[setRandomSeed] seed must be an integer ≥ 0. Received: seed=${show(seed)}.`);
  }
  seeds = new RandomStream(seed);
}

/** Draws a default seed from the stream that {@link setRandomSeed} seeds. */
export function drawSeed(): number {
  return seeds.nextSeed();
}
