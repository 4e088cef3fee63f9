import type { Config } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { transpose } from '../../ops/movement.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** Options of {@link Permute}. */
export type PermuteOptions = LayerOptions;

/**
 * The axes behind the batch in another order; they are counted from 1.
 *
 * Shapes: `[batch, …]` → output axis i is input axis `dims[i − 1]`.
 * @throws ValueError if `dims` does not name each of 1 … n once, or the input has not n axes behind the batch.
 * @example
 * await new Permute([2, 1]).apply([[[1, 2, 3], [4, 5, 6]]]);    // [[[1, 4], [2, 5], [3, 6]]]
 * @see https://keras.io/api/layers/reshaping_layers/permute/
 */
export class Permute extends Layer {
  static override readonly className: string = 'Permute';

  /** Which input axis each output axis is, counted from 1. */
  readonly dims: readonly number[];

  constructor(dims: readonly number[], options: PermuteOptions = {}) {
    super(options);
    this.dims = checkDims(dims, this.who);
    this.inputSpec = { rank: this.dims.length + 1 };
    this.built = true;
  }

  override call(inputs: Value): Value {
    return transpose(inputs, [0, ...this.dims]);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), dims: this.dims };
  }

  static override fromConfig(config: Config): Permute {
    const { dims, ...options } = optionsOf(config);
    return new this(dims as readonly number[], options);
  }
}

function checkDims(value: unknown, who: string): readonly number[] {
  if (Array.isArray(value) && value.every((_, i) => value.includes(i + 1))) return [...(value as number[])];
  throw new ValueError(
    `[${who}] dims must name each of the axes behind the batch once, counted from 1. Received: dims=${show(value)}.`,
  );
}
