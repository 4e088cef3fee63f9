import type { Json } from '../../../core/config.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Activation } from '../../activations/index.ts';
import type { Initializer } from '../../initializers/index.ts';

/** The arguments of a class's `call` in Keras, as the configs of models contain them. */
export interface KerasCall {
  /** The names of the first arguments, for a layer of which each input is an argument of its own. @default none */
  readonly inputs?: readonly string[];
  /** The options of `apply` that are tensors, or lists of them; null is the default. @default none */
  readonly tensors?: readonly string[];
  /** The options among `tensors` that may also be numbers, which stay numbers. @default none */
  readonly scalars?: readonly string[];
  /** Keras's names of the arguments after the inputs, in order, for a call that passes them by position. @default none */
  readonly positional?: readonly string[];
  /** The options of `apply` that are not tensors, with their defaults; a default of null allows any JSON. @default none */
  readonly settings?: Readonly<Record<string, Json>>;
  /** Whether `call` has an argument `mask`, which configs contain even if it is null. @default false */
  readonly mask?: boolean;
  /** The default of `training`, which configs contain as if the caller had passed it; not an instruction of the user. @default none */
  readonly training?: boolean;
}

/**
 * The maps of a channel, x ↦ scale · x + offset, with which a layer commutes in inference, so that such a map can be moved
 * from its input to its output:
 *
 * - `'identity'`: all maps, on any axis, because the layer returns its input
 * - `'affine'`: all maps: each output is a weighted mean of a channel's elements
 * - `'monotone'`: those with scale ≥ 0: each output is one of a channel's elements, chosen by order
 * - `'linear'`: those without an offset: the layer moves elements and adds zeros
 * - `'positively-homogeneous'`: those with scale ≥ 0 and without an offset, on any axis: f(s · x) = s · f(x) for s ≥ 0
 */
export type ChannelBehavior = 'identity' | 'affine' | 'monotone' | 'linear' | 'positively-homogeneous';

/** A kernel as matrices [positions, a, b]: the channels that an element connects. */
export interface KernelLayout {
  /** The input channel of element (a, b), of a kernel whose last two sizes are given. */
  readonly input: (a: number, b: number, sizes: readonly [number, number]) => number;
  /** The output channel of element (a, b). */
  readonly output: (a: number, b: number, sizes: readonly [number, number]) => number;
}

/** A layer as a product with kernels, then a bias and an activation: the weights are the kernels and the bias, in order. */
export interface LinearForm {
  /** The layout of each kernel; several are applied in sequence. */
  readonly kernels: readonly KernelLayout[];
  /** Whether the last axis is that of the channels, else the first after the batch. */
  readonly channelsLast: boolean;
  /** The activation of the output. */
  readonly activation: Activation;
  /** Whether zeros are added around the input. */
  readonly pads: boolean;
}

const first = (a: number): number => a;
const last = (_: number, b: number): number => b;

/** A kernel `[…, inputs, outputs]`. */
export const inputsFirst: KernelLayout = { input: first, output: last };

/** A kernel `[…, outputs, inputs]`. */
export const outputsFirst: KernelLayout = { input: last, output: first };

/** A kernel `[…, channels, multiplier]`, which makes several channels of each. */
export const perChannel: KernelLayout = { input: first, output: (a, b, [, size]) => a * size + b };

/** A statistic or a coefficient, with the initializer of its weight; null for a constant. */
export interface NormalizationPart {
  readonly value: Variable | Tensor;
  readonly initializer: Initializer | null;
}

/** The parts of a layer that normalizes, for inspection. A part that is left out or null does not exist. */
export interface NormalizationParts {
  /** The constant added to the variance. */
  readonly epsilon?: number;
  /** The decay rate of moving statistics. */
  readonly momentum?: number;
  readonly mean?: NormalizationPart | null;
  readonly variance?: NormalizationPart | null;
  readonly gamma?: NormalizationPart | null;
  readonly beta?: NormalizationPart | null;
  /** Whether `adapt` computes the statistics, not training. @default false */
  readonly isAdapted?: boolean;
}

/** A part of a layer that normalizes, if it has been built. */
export function partOf(value: Variable | Tensor | null, initializer: Initializer | null): NormalizationPart | null {
  return value === null ? null : { value, initializer };
}
