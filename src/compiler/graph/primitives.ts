import type { DType } from '../../core/dtype.ts';
import type { RandomStream } from '../../core/random.ts';
import type { KnownShape, Shape } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Variable } from './variable.ts';

/** For primitives that need nothing besides their inputs. */
type None = Readonly<Record<never, never>>;

/** Where a window stands on the spatial axes, one entry an axis. Data is channels first: `[batch, channels, …spatial]`. */
export interface WindowAttributes {
  readonly strides: readonly number[];
  /** Zeros (or, in pooling, nothing) added before and after each axis. */
  readonly padding: readonly (readonly [number, number])[];
}

export interface ConvolutionAttributes extends WindowAttributes {
  readonly dilations: readonly number[];
  readonly groups: number;
}

export interface PoolingAttributes extends WindowAttributes {
  readonly window: readonly number[];
}

interface ReductionAttributes {
  /** Counted from the front, ascending, without repeats. */
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** Leaves: values that nothing computes. */
interface LeafFamily {
  /** What the caller feeds. */
  input: { readonly name: string; readonly shape: Shape; readonly dtype: DType };
  constant: { readonly tensor: Tensor };
  /** The state of a variable when the program starts. */
  variable: { readonly variable: Variable };
  /** New uniform numbers in [0, 1) at each run, drawn on the host so that every engine has the same. */
  randomUniform: { readonly stream: RandomStream; readonly shape: Shape; readonly dtype: DType };
}

/** Element by element: of one operand, then of two and three. */
interface ElementwiseFamily {
  negate: None;
  abs: None;
  sign: None;
  floor: None;
  exp: None;
  log: None;
  sqrt: None;
  reciprocal: None;
  sin: None;
  cos: None;
  tanh: None;
  erf: None;
  sigmoid: None;
  /** log(1 + eˣ) */
  softplus: None;
  relu: None;
  /** 1 where x > 0, else 0, in x's type: the derivative of relu. */
  step: None;
  logicalNot: None;
  isNaN: None;
  /** The same value, through which no gradient flows. */
  stopGradient: None;
  cast: { readonly dtype: DType };

  add: None;
  subtract: None;
  multiply: None;
  divide: None;
  power: None;
  maximum: None;
  minimum: None;
  equal: None;
  less: None;
  lessEqual: None;
  logicalAnd: None;
  logicalOr: None;
  /** (condition, a, b) → a where the condition holds, else b. */
  select: None;
}

/** Moving elements. */
interface MovementFamily {
  reshape: { readonly shape: Shape };
  /** Output axis i is input axis permutation[i]. */
  transpose: { readonly permutation: readonly number[] };
  broadcastTo: { readonly shape: Shape };
  concatenate: { readonly axis: number };
  /** Elements start, start + stride, … before end, on every axis. */
  slice: { readonly starts: readonly number[]; readonly ends: readonly number[]; readonly strides: readonly number[] };
  /** `before[i]` elements before axis i and `after[i]` behind it, `between[i]` between neighbours, all zero. */
  pad: { readonly before: readonly number[]; readonly after: readonly number[]; readonly between: readonly number[] };
  /** (x, indices) → the slices of x at the indices, along an axis. Indices are int32 in [0, size). */
  gather: { readonly axis: number };
  /** (updates, indices) → zeros of size `size` along the axis, with the updates added at the indices. */
  scatterAdd: { readonly axis: number; readonly size: number };
  /** int32 indices → a new last axis of `depth` with a one at the index; all zeros if it is out of range. */
  oneHot: { readonly depth: number; readonly dtype: DType };
}

/** Over axes. */
interface ReductionFamily {
  reduceSum: ReductionAttributes;
  reduceMean: ReductionAttributes;
  reduceMax: ReductionAttributes;
  reduceMin: ReductionAttributes;
  /** The int32 index of the first largest element. */
  argMax: { readonly axis: number; readonly keepDims: boolean };
  softmax: { readonly axis: number };
  logSoftmax: { readonly axis: number };
}

/** Normalization. */
interface NormalizationFamily {
  /**
   * x → mean and population variance over axes, which stay with size 1. Two-pass, unless the caller says that x is
   * `centred` already (its mean is small beside its deviation): then one pass, mean(x²) − mean², is as exact.
   */
  moments: { readonly axes: readonly number[]; readonly centred: boolean };
  /** (x, mean, scale, offset) → (x − mean) · scale + offset; the last three broadcast against x and have its rank. */
  normalize: None;
}

/** Sums of products. */
interface ContractionFamily {
  /** (…, m, k) × (…, k, n) → (…, m, n), the operands transposed first where asked; batch axes broadcast. */
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean };
  /** (x [batch, in, …], kernel [out, in / groups, …]) → [batch, out, …]: cross-correlation. */
  conv: ConvolutionAttributes;
  /** (dy, kernel) → the gradient of conv's x, of spatial shape `inputShape`. */
  convInputGradient: ConvolutionAttributes & { readonly inputShape: KnownShape };
  /** (x, dy) → the gradient of conv's kernel, of spatial shape `kernelShape`. */
  convKernelGradient: ConvolutionAttributes & { readonly kernelShape: KnownShape };
}

/** Over windows. */
interface PoolingFamily {
  maxPool: PoolingAttributes;
  /** (x, y, dy) → the gradient of maxPool's x: dy goes to the first largest element of each window. */
  maxPoolGradient: PoolingAttributes;
  /** The mean of the elements under the window; padding does not count. */
  averagePool: PoolingAttributes;
  /** dy → the gradient of averagePool's x, of spatial shape `inputShape`. */
  averagePoolGradient: PoolingAttributes & { readonly inputShape: KnownShape };
}

/**
 * The one list of primitives, family by family, with the attributes of each. Every meaning of a primitive (shape, gradient,
 * reference, lowering) is a table keyed by this list, so that a forgotten rule does not compile.
 *
 * Two-operand primitives broadcast by NumPy's rule and take operands of one type.
 */
export interface PrimitiveAttributes
  extends
    LeafFamily,
    ElementwiseFamily,
    MovementFamily,
    ReductionFamily,
    NormalizationFamily,
    ContractionFamily,
    PoolingFamily {}

export type PrimitiveName = keyof PrimitiveAttributes;

/** The primitives that nothing feeds. */
export type LeafName = keyof LeafFamily;
export type ElementwiseName = keyof ElementwiseFamily;
export type MovementName = keyof MovementFamily;
export type ReductionName = keyof ReductionFamily;
export type NormalizationName = keyof NormalizationFamily;
export type ContractionName = keyof ContractionFamily;
export type PoolingName = keyof PoolingFamily;
