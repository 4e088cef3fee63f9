import { isPlainRecord } from '../../core/config.ts';
import { checkOptions, checkString } from '../../core/checks.ts';
import { ValueError, show } from '../../core/errors.ts';
import { uniqueName } from '../../core/names.ts';
import { RandomStream, drawSeed } from '../../core/random.ts';

/** Options of {@link SeedGenerator}. */
export interface SeedGeneratorOptions {
  /** The seed from which the others follow. @default null, another one each time */
  seed?: number | null;
  /** The name. @default derived from the class */
  name?: string | null;
}

/**
 * A sequence of seeds: functions of `random` that receive it draw other numbers at each call, and at each run of a program, which
 * follow from its own seed.
 *
 * @throws ValueError if the seed is not an integer.
 * @example
 * const seed = new random.SeedGenerator(42);
 * const first = await evaluate(random.uniform([], { seed }));
 * const second = await evaluate(random.uniform([], { seed }));
 * first.item() === second.item();    // false
 * new random.SeedGenerator(7).next() === new random.SeedGenerator({ seed: 7 }).next();   // true
 * @see https://keras.io/api/random/seed_generator/
 */
export class SeedGenerator {
  /** The name. */
  readonly name: string;
  readonly #seed: number | null;
  readonly #stream: RandomStream;

  constructor(seed?: number | null, options?: Omit<SeedGeneratorOptions, 'seed'>);
  constructor(options?: SeedGeneratorOptions);
  constructor(first: unknown = null, options: unknown = {}) {
    const given = isPlainRecord(first) ? first : { seed: first, ...(options as object) };
    checkOptions('SeedGenerator', options, ['name']);
    checkOptions('SeedGenerator', given, ['seed', 'name']);
    const { seed = null, name = null } = given as SeedGeneratorOptions;
    this.name = name === null ? uniqueName('seed_generator') : checkString('SeedGenerator', 'name', name);
    this.#seed = seed === null ? null : checkSeed('SeedGenerator', seed);
    this.#stream = new RandomStream(this.#seed ?? drawSeed());
  }

  /** The next seed, an integer. */
  next(): number {
    return (this.#stream.nextInteger() & 0x1fffff) * 4294967296 + this.#stream.nextInteger();
  }

  /** The arguments of the constructor, with Keras's keys. */
  getConfig(): { readonly seed: number | null; readonly name: string } {
    return { seed: this.#seed, name: this.name };
  }

  /** Makes a generator from the result of `getConfig`. */
  static fromConfig(config: SeedGeneratorOptions): SeedGenerator {
    return new SeedGenerator(config);
  }
}

/** @throws ValueError if a seed is not an integer. */
export function checkSeed(who: string, seed: unknown): number {
  if (typeof seed === 'number' && Number.isSafeInteger(seed)) return seed;
  throw new ValueError(
    `[${who}] seed must be an integer${who === 'SeedGenerator' ? '' : ', or a SeedGenerator'}. Received: seed=${show(seed)}.`,
  );
}
