/** The part of dy, in bytes, that stays in the second-level cache while a group is computed. */
const CACHED_BYTES = 1.25 * 2 ** 20;
/** The factor by which a larger part, which is read from farther away, slows the convolution down. */
const UNCACHED_COST = 2;
/** The time of dividing x and dy, in relation to that of the convolution. */
const DIVISION_COST = 0.25;
/** The most blocks of filters that the engine computes at a time. */
const FILTER_BLOCKS = 4;

/** The division of samples into bands of rows. */
export interface Pieces {
  readonly pieces: number;
  /** The batch, filled up so that `paddedBatch · pieces` is a multiple of the block. */
  readonly paddedBatch: number;
}

/** Chooses into how many bands of rows of dy, [batch, filters, height, width], the samples are divided. */
export function choosePieces(
  block: number,
  [batch = 1, filters = 1, height = 1, width = 1]: readonly number[],
): Pieces {
  let best: Pieces & { cost: number } = { pieces: 1, paddedBatch: batch, cost: Infinity };
  const blocks = Math.min(FILTER_BLOCKS, Math.ceil(filters / block));
  for (let pieces = 1; pieces <= height; pieces++) {
    const rows = height / pieces;
    if (!Number.isInteger(rows)) continue;
    const multiple = block / greatestCommonDivisor(block, pieces);
    const paddedBatch = Math.ceil(batch / multiple) * multiple;
    const isCached = rows * width * block * block * 4 * blocks <= CACHED_BYTES;
    // Each piece of x has rows of its neighbors, the more in relation the smaller it is.
    const division = pieces === 1 ? 0 : DIVISION_COST + 0.5 / rows;
    const cost = (paddedBatch / batch) * (isCached ? 1 : UNCACHED_COST) + division;
    if (cost < best.cost) best = { pieces, paddedBatch, cost };
  }
  return best;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
