const [SIZE, SHIFT] = [624, 397];

/**
 * The random numbers of NumPy's `RandomState`, so that files are shuffled and split as Keras does in Python: the Mersenne
 * Twister MT19937 of Matsumoto and Nishimura, seeded with an integer in [0, 2³²).
 *
 * @see https://numpy.org/doc/stable/reference/random/legacy.html
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(SIZE);
  #next = SIZE;

  constructor(seed: number) {
    this.#state[0] = seed;
    for (let i = 1; i < SIZE; i++) {
      const last = this.#state[i - 1] ?? 0;
      this.#state[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
    }
  }

  /** An integer in [0, 2³²). */
  nextInteger(): number {
    if (this.#next === SIZE) this.#twist();
    let y = this.#state[this.#next++] ?? 0;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** An integer in [0, limit], of equal probability: numbers that are too large are drawn again. */
  nextUpTo(limit: number): number {
    const mask = limit === 0 ? 0 : 2 ** (32 - Math.clz32(limit)) - 1;
    for (;;) {
      const drawn = (this.nextInteger() & mask) >>> 0;
      if (drawn <= limit) return drawn;
    }
  }

  /** A copy of a list in random order, as `RandomState.shuffle` makes it. */
  shuffle<T>(list: readonly T[]): T[] {
    const order = [...list];
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.nextUpTo(i);
      [order[i], order[j]] = [order[j] as T, order[i] as T];
    }
    return order;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < SIZE; i++) {
      const y = ((state[i] ?? 0) & 0x80000000) | ((state[(i + 1) % SIZE] ?? 0) & 0x7fffffff);
      state[i] = (state[(i + SHIFT) % SIZE] ?? 0) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }
}
