import { Tensor } from '../../../core/tensor.ts';
import * as build from '../../../compiler/builder/index.ts';
import { castTo } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';

/** Disjoint pairs of indices: the partner of each index, and 1 for the first of a pair, −1 for the second. */
interface Pairing {
  readonly partners: readonly number[];
  readonly sides: readonly number[];
}

/** Pairings of an even number of indices in which each meets each other once, as in a tournament: the first stays, the others turn. */
function pairings(count: number): readonly Pairing[] {
  return Array.from({ length: count - 1 }, (_, round) => {
    const seats = [0, ...Array.from({ length: count - 1 }, (__, i) => 1 + ((i + round) % (count - 1)))];
    const partners = new Array<number>(count).fill(0);
    const sides = new Array<number>(count).fill(1);
    for (let i = 0; i < count / 2; i++) {
      const [a, b] = [seats[i] ?? 0, seats[count - 1 - i] ?? 0];
      [partners[a], partners[b]] = [b, a];
      [sides[Math.min(a, b)], sides[Math.max(a, b)]] = [1, -1];
    }
    return { partners, sides };
  });
}

/** One turn of pairs of columns: column i becomes cosine · column i + sine · column of its partner. */
interface Rotation {
  readonly partners: Value;
  readonly cosine: Value;
  readonly sine: Value;
}

/** A round of rotations: the partners `[n]` and the sides `[n]`. */
export interface Round {
  readonly partners: Value;
  readonly sides: Value;
}

/**
 * The rotations that make pairs of columns orthogonal, given for each index its own square `[…, 1, n]`, and its product with its
 * partner: tan 2θ = 2 product / (difference of squares), with the smaller of the two angles (Rutishauser, 1966).
 */
export function rotationFor({ partners, sides }: Round, squares: Value, products: Value): Rotation {
  const others = build.gather(squares, partners, squares.rank - 1);
  const isZero = build.equal(products, 0);
  const difference = build.multiply(sides, build.subtract(others, squares));
  const cotangent = build.divide(difference, build.multiply(build.where(isZero, 1, products), 2));
  const sign = build.where(build.less(cotangent, 0), build.fullLike(cotangent, -1), 1);
  const size = build.abs(cotangent);
  // √(1 + c²) without overflow: beyond 10¹⁰ it is c.
  const isLarge = build.less(1e10, size);
  const root = build.where(isLarge, size, build.sqrt(build.add(1, build.square(build.where(isLarge, 1, size)))));
  const tangent = build.where(isZero, 0, build.divide(sign, build.add(size, root)));
  const cosine = build.reciprocal(build.sqrt(build.add(1, build.square(tangent))));
  return { partners, cosine, sine: build.negative(build.multiply(sides, build.multiply(tangent, cosine))) };
}

/** Columns after a rotation. */
export function rotateColumns(x: Value, { partners, cosine, sine }: Rotation): Value {
  return build.add(build.multiply(x, cosine), build.multiply(build.gather(x, partners, x.rank - 1), sine));
}

/** Enough sweeps for convergence, which is quadratic, in float64. */
const sweepsFor = (count: number): number => 5 + Math.ceil(Math.log2(count));

/** Runs rounds in which each of an even number of indices meets each other several times: one loop over all of them. */
export function runRounds(
  count: number,
  like: Value,
  start: readonly Value[],
  run: (states: readonly Value[], round: Round) => readonly Value[],
): readonly Value[] {
  const sweep = pairings(count);
  const all = Array.from({ length: sweepsFor(count) }, () => sweep).flat();
  const table = (rows: readonly (readonly number[])[]): Value =>
    constant(new Tensor(Int32Array.from(rows.flat()), [rows.length, count]));
  const partners = table(all.map((round) => round.partners));
  const sides = castTo(table(all.map((round) => round.sides)), like.dtype);
  const step: build.Step = (states, [partner = partners, side = sides]) => ({
    states: run(states, { partners: partner, sides: side }),
    outputs: [],
  });
  return build.scan(step, start, [partners, sides]).states;
}
