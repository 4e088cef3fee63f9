import type { Tensor, TensorLike } from './tensor.ts';

/** A string, or nested arrays of strings. */
export type Strings = string | readonly Strings[];

/** An array, or strings for a model that begins with a layer of strings. */
type Datum = TensorLike | Strings;

/** Inputs or targets: one array, or a list or record of several; strings for a model that begins with a layer of strings. */
export type DataLike = Datum | readonly Datum[] | { readonly [name: string]: Datum };

/** Targets: those of an output without a loss may be `null` or missing. */
export type TargetsLike = DataLike | readonly (TensorLike | null)[] | { readonly [name: string]: TensorLike | null };

/** One batch of an iterable: inputs, targets, and a weight for each row. */
export type BatchLike =
  | readonly [x: DataLike]
  | readonly [x: DataLike, y: TargetsLike | null]
  | readonly [x: DataLike, y: TargetsLike | null, sampleWeight: WeightsLike | null];

/** A batch of a generator, whose lists have no length in their type, or inputs alone. */
export type BatchOfGenerator = BatchLike | readonly DataLike[] | Tensor | { readonly [name: string]: Datum };

/** A sequence of batches. */
export type BatchIterable = Iterable<BatchOfGenerator> | AsyncIterable<BatchOfGenerator>;

/**
 * Weights of the rows: one array for all outputs, or one for each output in the structure of the targets; `null` for an
 * output whose rows count alike.
 */
export type WeightsLike =
  TensorLike | readonly (TensorLike | null)[] | { readonly [output: string]: TensorLike | null };
