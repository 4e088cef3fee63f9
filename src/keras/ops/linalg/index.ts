export * from './elimination.ts';
export * from './jvp.ts';
export * from './least-squares.ts';
export * from './norm.ts';
export { type QrOptions, qr } from './orthogonal.ts';
export { eig, eigh, type SvdFunction, type SvdOptions, svd } from './spectral.ts';
export {
  cholesky,
  choleskyInverse,
  type CholeskyOptions,
  solveTriangular,
  type SolveTriangularOptions,
} from './triangular.ts';
