/**
 * Random numbers: the functions of `keras.random`, on values of a graph as those of `ops`.
 *
 * @module evenkeel/random
 */
export * from './binomial.ts';
export type { DrawOptions, SeedOptions } from './draws.ts';
export { beta, gamma } from './gamma.ts';
export * from './normal.ts';
export * from './sampling.ts';
export { SeedGenerator, type SeedGeneratorOptions } from './seed-generator.ts';
export * from './uniform.ts';
