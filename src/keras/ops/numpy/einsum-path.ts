import type { Label } from './einsum-subscripts.ts';

/** The order in which operands are multiplied: an operand, or two results. */
export type Path = number | readonly [Path, Path];

/** The largest number of factors of which every order is considered. */
const EXHAUSTIVE = 8;

interface Factor {
  readonly path: Path;
  readonly labels: ReadonlySet<Label>;
}

const union = (a: Factor, b: Factor): ReadonlySet<Label> => new Set([...a.labels, ...b.labels]);

/**
 * The order of products that needs the fewest multiplications: of all orders for up to eight factors. Of more, the pair
 * with the cheapest product is multiplied first, until eight are left.
 *
 * @param operands the labels of each operand, without repeats
 * @param output the labels of the result
 * @param sizeOf the number of elements along a label
 */
export function findPath(
  operands: readonly (readonly Label[])[],
  output: readonly Label[],
  sizeOf: (label: Label) => number,
): Path {
  let factors = operands.map((labels, path): Factor => ({ path, labels: new Set(labels) }));
  const cost = (a: Factor, b: Factor): number => {
    return [...union(a, b)].reduce((product, label) => product * sizeOf(label), 1);
  };
  const join = (a: Factor, b: Factor, others: readonly Factor[]): Factor => {
    const needed = new Set([...output, ...others.flatMap(({ labels }) => [...labels])]);
    return { path: [a.path, b.path], labels: new Set([...union(a, b)].filter((label) => needed.has(label))) };
  };
  while (factors.length > EXHAUSTIVE) {
    const pairs = factors.flatMap((a, i) => factors.slice(i + 1).map((b) => ({ a, b, cost: cost(a, b) })));
    const { a, b } = pairs.reduce((best, pair) => (pair.cost < best.cost ? pair : best));
    const others = factors.filter((factor) => factor !== a && factor !== b);
    factors = [...others, join(a, b, others)];
  }
  /** The cheapest product of each subset of the factors, whose members are the bits of the index. */
  const best = new Map<number, { readonly factor: Factor; readonly cost: number }>();
  for (const [i, factor] of factors.entries()) best.set(1 << i, { factor, cost: 0 });
  const all = 2 ** factors.length - 1;
  for (let subset = 1; subset <= all; subset++) {
    const others = factors.filter((_, i) => (subset & (1 << i)) === 0);
    // Each split of the subset into two is met once, with the larger number first.
    for (let part = (subset - 1) & subset; part > (subset ^ part); part = (part - 1) & subset) {
      const [a, b] = [best.get(part), best.get(subset ^ part)];
      if (a === undefined || b === undefined) continue;
      const total = a.cost + b.cost + cost(a.factor, b.factor);
      const known = best.get(subset);
      if (known === undefined || total < known.cost) {
        best.set(subset, { factor: join(b.factor, a.factor, others), cost: total });
      }
    }
  }
  return best.get(all)?.factor.path ?? 0;
}
