import { type Tensor, tensor } from 'evenkeel';

/** Points in the plane, and the half circle that each belongs to. */
export interface Moons {
  /** Shape [count, 2]. */
  readonly points: Tensor;
  /** 0 or 1, shape [count, 1]. */
  readonly labels: Tensor;
}

/** Two half circles that reach into each other, with noise. Replace this by your own data. */
export function makeMoons(count: number, seed: number): Moons {
  const random = randomNumbers(seed);
  const points = new Float32Array(count * 2);
  const labels = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const label = i % 2;
    const angle = Math.PI * random();
    const [x, y] = label === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    points.set([x + 0.15 * normal(random), y + 0.15 * normal(random)], 2 * i);
    labels[i] = label;
  }
  return { points: tensor(points, [count, 2]), labels: tensor(labels, [count, 1]) };
}

/** Numbers in [0, 1) that a seed determines (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A number of the standard normal distribution (Box and Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
