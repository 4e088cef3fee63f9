/**
 * Structures of arrays and records: the functions of `keras.tree`.
 *
 * @module evenkeel/tree
 */
export { type AssertSameStructureOptions, assertSamePaths, assertSameStructure } from './comparison.ts';
export * from './flatten.ts';
export * from './mapping.ts';
export { isNested, type Path } from './structures.ts';
