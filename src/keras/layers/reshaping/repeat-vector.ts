import type { Config } from '../../../core/config.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { broadcastTo, expandDims } from '../../ops/movement.ts';
import { checkPositive } from '../base/arguments.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** Options of {@link RepeatVector}. */
export type RepeatVectorOptions = LayerOptions;

/**
 * Each sample n times, one behind the other.
 *
 * Shapes: `[batch, features]` → `[batch, n, features]`.
 * @throws ValueError if `n` is not positive, or the input has not two axes.
 * @example
 * await new RepeatVector(2).apply([[1, 2]]);    // [[[1, 2], [1, 2]]]
 * @see https://keras.io/api/layers/reshaping_layers/repeat_vector/
 */
export class RepeatVector extends Layer {
  static override readonly className: string = 'RepeatVector';

  /** How many times. */
  readonly n: number;

  constructor(n: number, options: RepeatVectorOptions = {}) {
    super(options);
    this.n = checkPositive(this.who, 'n', n);
    this.inputSpec = { rank: 2 };
    this.built = true;
  }

  override call(inputs: Value): Value {
    const [batch = null, features = null] = inputs.shape;
    return broadcastTo(expandDims(inputs, 1), [batch, this.n, features]);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), n: this.n };
  }

  static override fromConfig(config: Config): RepeatVector {
    const { n, ...options } = optionsOf(config);
    return new this(n as number, options);
  }
}
