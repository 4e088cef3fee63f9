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
  transpose: { first: 0.4, last: 0.4, blocked: 0 },
  unary: { first: 0.2, last: 0.2, blocked: 0.2 },
  binary: { first: 0.31, last: 0.31, blocked: 0.31 },
  /** A binary operation with one number per channel. */
  perChannel: { first: 0.22, last: 0.21, blocked: 0.22 },
  sum: { first: 0.11, last: 0.4, blocked: 0.09 },
  moments: { first: 0.5, last: 0.9, blocked: 0.19 },
  normalize: { first: 0.41, last: 0.42, blocked: 0.22 },
  pool: { first: 0.31, last: 0.31, blocked: 0.12 },
  maxPoolGradient: { first: 3.6, last: 3.6, blocked: 1.6 },
  averagePoolGradient: { first: 1.5, last: 1.5, blocked: 0.6 },
  copy: { first: 0.4, last: 0.4, blocked: 0.5 },
};

/** Milliseconds per million elements for a value that crosses the border between the layouts. */
export const BORDER: Readonly<Record<'intoBlocks' | 'outOfBlocks', Omit<WorkCost, 'blocked'>>> = {
  /** From the plain layout to blocks, by the channel axis. */
  intoBlocks: { first: 0.21, last: 0.25 },
  outOfBlocks: { first: 0.22, last: 0.5 },
};
