import type { Value } from '../../../compiler/ir/value.ts';
import type { Tree } from '../../../core/tree.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import type { ChannelBehavior } from '../base/traits.ts';

/** Options of {@link Identity}. */
export type IdentityOptions = LayerOptions;

/**
 * Returns the input unchanged: a placeholder for a layer that is left out.
 *
 * Shapes: any → the same.
 * @example
 * await new Identity().apply([1, 2]);    // [1, 2]
 * @see https://keras.io/api/layers/core_layers/identity/
 */
export class Identity extends Layer {
  static override readonly className: string = 'Identity';

  override supportsMasking = true;
  override built = true;

  constructor(options: IdentityOptions = {}) {
    super(options);
  }

  override get channelBehavior(): ChannelBehavior {
    return 'identity';
  }

  override call(inputs: Tree<Value>): Tree<Value> {
    return inputs;
  }
}
