/**
 * The functions of `keras.ops`: on values in `jit`, and on symbolic tensors.
 *
 * @module evenkeel/ops
 */
export type { Operand } from '../../compiler/builder/operand.ts';
export type { Symbolic } from './base/op.ts';
export * from './conversion.ts';
export * from './core/index.ts';
export * from './einops.ts';
export * from './extensions.ts';
export * as image from './image/index.ts';
export * from './linalg/index.ts';
export * from './math/index.ts';
export * from './nn/index.ts';
export * from './numpy/index.ts';
export * from './scattering.ts';
