import type { DType } from '../../core/dtype.ts';
import type { RandomStream } from '../../core/random.ts';
import type { KnownShape, Shape } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Variable } from './variable.ts';

/**
 * The one list of primitives: the family of each, its number of operands (null: one or more), and its number of results
 * where that is not one (null: one or more). Every meaning of a primitive (shape inference, gradient, reference, lowering) is a table keyed by
 * this list, with one file per family, so that a missing rule does not compile.
 *
 * Elementwise primitives broadcast by NumPy's rule; primitives of several operands expect one dtype. Spatial data is
 * channels first: `[batch, channels, …spatial]`.
 */
export const primitives = {
  // Leaves: values that nothing computes.
  /** A value that the caller feeds. */
  input: { family: 'leaves', arity: 0 },
  constant: { family: 'leaves', arity: 0 },
  /** The state of a variable when the program starts. */
  variable: { family: 'leaves', arity: 0 },
  /** New uniform numbers in [0, 1) at each run, drawn on the host so that every engine has the same ones. */
  randomUniform: { family: 'leaves', arity: 0 },

  negate: { family: 'elementwise', arity: 1 },
  abs: { family: 'elementwise', arity: 1 },
  sign: { family: 'elementwise', arity: 1 },
  floor: { family: 'elementwise', arity: 1 },
  exp: { family: 'elementwise', arity: 1 },
  log: { family: 'elementwise', arity: 1 },
  sqrt: { family: 'elementwise', arity: 1 },
  reciprocal: { family: 'elementwise', arity: 1 },
  sin: { family: 'elementwise', arity: 1 },
  cos: { family: 'elementwise', arity: 1 },
  arctan: { family: 'elementwise', arity: 1 },
  tanh: { family: 'elementwise', arity: 1 },
  erf: { family: 'elementwise', arity: 1 },
  sigmoid: { family: 'elementwise', arity: 1 },
  /** log(1 + eˣ) */
  softplus: { family: 'elementwise', arity: 1 },
  relu: { family: 'elementwise', arity: 1 },
  /** 1 where x > 0, else 0, in the dtype of x: the derivative of relu. */
  step: { family: 'elementwise', arity: 1 },
  logicalNot: { family: 'elementwise', arity: 1 },
  isNaN: { family: 'elementwise', arity: 1 },
  /** The identity, through which no gradient flows. */
  stopGradient: { family: 'elementwise', arity: 1 },
  cast: { family: 'elementwise', arity: 1 },
  add: { family: 'elementwise', arity: 2 },
  subtract: { family: 'elementwise', arity: 2 },
  multiply: { family: 'elementwise', arity: 2 },
  divide: { family: 'elementwise', arity: 2 },
  power: { family: 'elementwise', arity: 2 },
  /** a − b · trunc(a / b), which has the sign of a, exactly. */
  remainder: { family: 'elementwise', arity: 2 },
  maximum: { family: 'elementwise', arity: 2 },
  minimum: { family: 'elementwise', arity: 2 },
  equal: { family: 'elementwise', arity: 2 },
  less: { family: 'elementwise', arity: 2 },
  lessEqual: { family: 'elementwise', arity: 2 },
  logicalAnd: { family: 'elementwise', arity: 2 },
  logicalOr: { family: 'elementwise', arity: 2 },
  /** On int32, bit by bit. */
  bitwiseAnd: { family: 'elementwise', arity: 2 },
  bitwiseOr: { family: 'elementwise', arity: 2 },
  bitwiseXor: { family: 'elementwise', arity: 2 },
  /** (condition, a, b) → a where the condition is true, else b. */
  select: { family: 'elementwise', arity: 3 },

  reshape: { family: 'movement', arity: 1 },
  transpose: { family: 'movement', arity: 1 },
  broadcastTo: { family: 'movement', arity: 1 },
  concatenate: { family: 'movement', arity: null },
  slice: { family: 'movement', arity: 1 },
  /** Adds zeros around and between the elements. */
  pad: { family: 'movement', arity: 1 },
  /** (x, indices) → the slices of x at the indices, along an axis. Indices are int32 in [0, size). */
  gather: { family: 'movement', arity: 2 },
  /** (updates, indices) → zeros of size `size` along the axis, with the updates added at the indices. */
  scatterAdd: { family: 'movement', arity: 2 },
  /** int32 indices → a new last axis of `depth` with a one at the index; all zeros if it is out of range. */
  oneHot: { family: 'movement', arity: 1 },

  /** The k first elements along an axis in order, and their int32 indices. Of equal elements the first comes first; NaN counts as the largest. */
  topK: { family: 'selection', arity: 1, results: 2 },
  /** (x, indices) → the elements of x at the indices along an axis: y[i][j] = x[indices[i][j]][j]. Indices are int32 in [0, size). */
  gatherElements: { family: 'selection', arity: 2 },
  /** (updates, indices) → zeros of size `size` along the axis, with each update added at its index. */
  scatterElements: { family: 'selection', arity: 2 },
  /** (x, indices, updates) → x with updates combined into its rows at the indices; several updates of a row are combined in order. */
  scatterRows: { family: 'selection', arity: 3 },
  /** (y, …operands) → y, whose gradient a function of the attributes computes, for the operands. */
  customGradient: { family: 'selection', arity: null },

  reduceSum: { family: 'reductions', arity: 1 },
  reduceMean: { family: 'reductions', arity: 1 },
  reduceMax: { family: 'reductions', arity: 1 },
  reduceMin: { family: 'reductions', arity: 1 },
  /** The int32 index of the first maximum. */
  argMax: { family: 'reductions', arity: 1 },
  /** The sum of the elements up to each one along an axis. */
  cumulativeSum: { family: 'reductions', arity: 1 },
  softmax: { family: 'reductions', arity: 1 },
  logSoftmax: { family: 'reductions', arity: 1 },

  /** x → mean and population variance over axes, which remain with size 1. */
  moments: { family: 'normalization', arity: 1, results: 2 },
  /** (x, mean, scale, offset) → (x − mean) · scale + offset; the last three broadcast against x and have its rank. */
  normalize: { family: 'normalization', arity: 4 },

  /**
   * (x, shift, unit) → z = (x − mean) / √(variance + ε), and 1 / √(variance + ε), over axes, which remain with size 1 in the
   * latter. Not centered, z = x / √(mean(x²) + ε). The results do not depend on shift and unit, in which they are computed from
   * (x − shift) · unit: numbers near the mean, and powers of two that bring the data to a magnitude of about 1.
   */
  standardize: { family: 'normalization', arity: 3, results: 2 },

  /** (…, m, k) × (…, k, n) → (…, m, n), after transposing the operands as the attributes say; batch axes broadcast. */
  matmul: { family: 'matmul', arity: 2 },

  /** (x [batch, in, …], kernel [out, in / groups, …]) → [batch, out, …]: cross-correlation. */
  conv: { family: 'convolution', arity: 2 },
  /** (dy, kernel) → the gradient of conv with respect to x. */
  convInputGradient: { family: 'convolution', arity: 2 },
  /** (x, dy) → the gradient of conv with respect to the kernel. */
  convKernelGradient: { family: 'convolution', arity: 2 },

  maxPool: { family: 'pooling', arity: 1 },
  /** (x, y, dy) → the gradient of maxPool with respect to x: dy goes to the first maximum of each window. */
  maxPoolGradient: { family: 'pooling', arity: 3 },
  /** The mean of the elements in each window; padding does not count. */
  averagePool: { family: 'pooling', arity: 1 },
  /** dy → the gradient of averagePool with respect to x. */
  averagePoolGradient: { family: 'pooling', arity: 1 },

  /**
   * (…states, …sequences, …captures) → (…final states, …stacked outputs): applies a body once for each slice of the
   * sequences along their first axis. The captures are the same at every step.
   */
  scan: { family: 'control', arity: null, results: null },
  /** (predicate, …captures) → the results of one of two bodies, by a bool scalar; both read the same captures. */
  cond: { family: 'control', arity: null, results: null },
  /**
   * (predicate, …states, …captures) → (…final states): applies a body to the states as long as the predicate, which the body
   * computes for the next round, is true. The captures are the same in every round.
   */
  whileLoop: { family: 'control', arity: null, results: null },

  /** The sum over all processes of the world; the identity in a world of one. A program is cut into segments at it. */
  allReduce: { family: 'collectives', arity: 1 },
} as const;

/** The attributes of the primitives that have any. A body refers to values, which are declared above this list. */
interface Attributes<Body> {
  input: { readonly name: string; readonly shape: Shape; readonly dtype: DType };
  constant: { readonly tensor: Tensor };
  variable: { readonly variable: Variable };
  randomUniform: { readonly stream: RandomStream; readonly shape: Shape; readonly dtype: DType };

  cast: { readonly dtype: DType };

  reshape: { readonly shape: Shape };
  /** Output axis i is input axis permutation[i]. */
  transpose: { readonly permutation: readonly number[] };
  broadcastTo: { readonly shape: Shape };
  concatenate: { readonly axis: number };
  /** Elements start, start + stride, … before end, on every axis. */
  slice: { readonly starts: readonly number[]; readonly ends: readonly number[]; readonly strides: readonly number[] };
  /** The number of zeros before axis i, after it, and between neighbors on it. */
  pad: { readonly before: readonly number[]; readonly after: readonly number[]; readonly between: readonly number[] };
  gather: { readonly axis: number };
  scatterAdd: { readonly axis: number; readonly size: number };
  oneHot: { readonly depth: number; readonly dtype: DType };

  topK: { readonly axis: number; readonly k: number; readonly largest: boolean };
  gatherElements: { readonly axis: number };
  scatterElements: { readonly axis: number; readonly size: number };
  scatterRows: { readonly combine: ScatterCombination };
  customGradient: { readonly gradient: CustomGradient };

  reduceSum: ReductionAttributes;
  reduceMean: ReductionAttributes;
  reduceMax: ReductionAttributes;
  reduceMin: ReductionAttributes;
  argMax: { readonly axis: number; readonly keepDims: boolean };
  cumulativeSum: { readonly axis: number; readonly reverse: boolean };
  softmax: { readonly axis: number };
  logSoftmax: { readonly axis: number };

  /**
   * The variance is computed in two passes, unless x is known to be `centered` (its mean is small compared with its
   * standard deviation): then one pass, mean(x²) − mean², is as exact.
   */
  moments: { readonly axes: readonly number[]; readonly centered: boolean };

  /** `centered`: whether the mean is subtracted; else there is no shift either. */
  standardize: { readonly axes: readonly number[]; readonly epsilon: number; readonly centered: boolean };

  matmul: { readonly transposeA: boolean; readonly transposeB: boolean };

  conv: ConvolutionAttributes;
  /** `inputShape`: the spatial shape of x. */
  convInputGradient: ConvolutionAttributes & { readonly inputShape: KnownShape };
  /** `kernelShape`: the spatial shape of the kernel. */
  convKernelGradient: ConvolutionAttributes & { readonly kernelShape: KnownShape };

  maxPool: PoolingAttributes;
  maxPoolGradient: PoolingAttributes;
  averagePool: PoolingAttributes;
  /** `inputShape`: the spatial shape of x. */
  averagePoolGradient: PoolingAttributes & { readonly inputShape: KnownShape };

  /**
   * The body maps (…states, …slices, …captures) to (…new states, …outputs). `states` and `sequences` are numbers of operands;
   * the others are captures. In reverse the last slice comes first, and outputs are still stacked at the places of their slices.
   */
  scan: {
    readonly body: Body;
    readonly states: number;
    readonly sequences: number;
    readonly reverse: boolean;
  };
  /** Both bodies map the captures to results of the same types. */
  cond: { readonly whenTrue: Body; readonly whenFalse: Body };
  /** The body maps (…states, …captures) to (next predicate, …new states). `limit`: the maximum number of rounds, if there is one. */
  whileLoop: { readonly body: Body; readonly states: number; readonly limit: number | null };

  /** `order`: its place among those of a program, which must be the same in all processes. */
  allReduce: { readonly order: number };
}

/** The combination of a row and its update. */
export type ScatterCombination = 'replace' | 'add' | 'multiply' | 'maximum' | 'minimum';

/** The gradient of a `customGradient`: from that of y to those of the operands, null where there is none. */
export interface CustomGradient {
  readonly name: string;
  /** Values, which are defined above this list, as `unknown`. */
  readonly pullBack: (dy: never, needs: readonly boolean[]) => readonly unknown[];
}

interface ReductionAttributes {
  /** Counted from the front, increasing, without repeats. */
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** The positions of a window on the spatial axes, one entry per axis. */
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

type Primitives = typeof primitives;

export type PrimitiveName = keyof Primitives;

/** The families of primitives, which are also the files of every table of rules. */
export type Family = Primitives[PrimitiveName]['family'];

/** The primitives of a family. */
export type PrimitiveOf<F extends Family> = {
  [P in PrimitiveName]: Primitives[P]['family'] extends F ? P : never;
}[PrimitiveName];

/** The primitives without operands. */
export type LeafName = PrimitiveOf<'leaves'>;

type NoAttributes = Readonly<Record<never, never>>;

/** The attributes of each primitive, given the type of bodies. */
export type AttributesWith<Body> = {
  readonly [P in PrimitiveName]: P extends keyof Attributes<Body> ? Attributes<Body>[P] : NoAttributes;
};

interface TuplesOf<T> {
  readonly 0: readonly [];
  readonly 1: readonly [T];
  readonly 2: readonly [T, T];
  readonly 3: readonly [T, T, T];
  readonly 4: readonly [T, T, T, T];
}

/** One T for each operand of a primitive. */
export type Operands<P extends PrimitiveName, T> = Primitives[P]['arity'] extends keyof TuplesOf<T>
  ? TuplesOf<T>[Primitives[P]['arity']]
  : readonly [T, ...T[]];

/** One T for each result of a primitive. */
export type Results<P extends PrimitiveName, T> = Primitives[P] extends { readonly results: 2 }
  ? readonly [T, T]
  : Primitives[P] extends { readonly results: null }
    ? readonly [T, ...T[]]
    : readonly [T];

/** The family of a primitive. */
export function familyOf(primitive: PrimitiveName): Family {
  return primitives[primitive].family;
}

/** Whether a primitive works element by element, its operands broadcasting. */
export function isElementwise(primitive: PrimitiveName): primitive is PrimitiveOf<'elementwise'> {
  return familyOf(primitive) === 'elementwise';
}

/** Whether a primitive accepts this number of operands. */
export function hasArity(primitive: PrimitiveName, count: number): boolean {
  const { arity } = primitives[primitive];
  return arity === null ? count > 0 : count === arity;
}
