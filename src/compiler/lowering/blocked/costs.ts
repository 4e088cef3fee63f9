/** The kinds of work that differ in cost between the layouts. */
export type Work =
  | 'transpose'
  | 'unary'
  | 'binary'
  | 'perChannel'
  | 'sum'
  | 'moments'
  | 'normalize'
  | 'pool'
  | 'maxPoolGradient'
  | 'averagePoolGradient'
  | 'copy';

/** The cost of a kind of work. */
export interface WorkCost {
  /** In the plain layout with the channels on the second axis. */
  readonly first: number;
  /** In the plain layout with the channels on the last axis. */
  readonly last: number;
  readonly blocked: number;
}

/**
 * Milliseconds per million elements of the larger operand, with two threads of a processor with AVX-512, measured by
 * `npm run bench:layouts`. Only the ratios matter: layouts are chosen by the sum.
 */
export const WORK: Readonly<Record<Work, WorkCost>> = {
  /** A move of the channel axis, which changes nothing in blocks. */
  transpose: { first: 0.75, last: 0.75, blocked: 0 },
  unary: { first: 0.26, last: 0.26, blocked: 0.26 },
  binary: { first: 0.43, last: 0.43, blocked: 0.43 },
  /** A binary operation with one number per channel. */
  perChannel: { first: 0.27, last: 0.51, blocked: 0.27 },
  sum: { first: 0.17, last: 0.3, blocked: 0.2 },
  moments: { first: 0.55, last: 0.8, blocked: 0.4 },
  normalize: { first: 0.55, last: 1.0, blocked: 0.28 },
  pool: { first: 0.4, last: 0.4, blocked: 0.16 },
  maxPoolGradient: { first: 4.2, last: 4.2, blocked: 1.9 },
  averagePoolGradient: { first: 1.8, last: 1.8, blocked: 0.7 },
  copy: { first: 0.5, last: 0.5, blocked: 0.6 },
};

/** Milliseconds per million elements for a value that crosses the border between the layouts. */
export const BORDER: Readonly<Record<'intoBlocks' | 'outOfBlocks', Omit<WorkCost, 'blocked'>>> = {
  /** From the plain layout to blocks, by the channel axis. */
  intoBlocks: { first: 0.26, last: 0.27 },
  outOfBlocks: { first: 0.28, last: 0.58 },
};
