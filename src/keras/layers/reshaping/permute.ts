import { ValueError, show } from '../../../core/errors.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { transpose } from '../../ops/index.ts';
import { type Fields, field } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Permute}. */
export type PermuteOptions = LayerOptions;

/**
 * Permutes the axes after the batch, which are counted from 1.
 *
 * Shapes: `[batch, …]` → output axis i is input axis `dims[i − 1]`.
 * @throws ValueError if `dims` does not name each of 1 … n once, or the input does not have n axes after the batch.
 * @example
 * await new Permute([2, 1]).apply([[[1, 2, 3], [4, 5, 6]]]);    // [[[1, 4], [2, 5], [3, 6]]]
 * @see https://keras.io/api/layers/reshaping_layers/permute/
 */
export class Permute extends Layer {
  static override readonly className: string = 'Permute';
  static override readonly positional = ['dims'] as const;
  static override readonly fields: Fields = { dims: field({ read: checkDims }) };

  override built = true;
  /** The input axis of each output axis, counted from 1. */
  declare readonly dims: readonly number[];

  constructor(...args: Arguments<PermuteOptions & { dims: readonly number[] }, typeof Permute.positional>);
  constructor(dims: readonly number[], options?: PermuteOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { ndim: this.dims.length + 1 };
  }

  override call(inputs: Value): Value {
    return transpose(inputs, { axes: [0, ...this.dims] });
  }
}

function checkDims(who: string, option: string, value: unknown): readonly number[] {
  if (Array.isArray(value) && value.every((_, i) => value.includes(i + 1))) return [...(value as number[])];
  throw new ValueError(
    `[${who}] ${option} must name each of the axes after the batch once, counted from 1. Received: ${option}=${show(value)}.`,
  );
}
