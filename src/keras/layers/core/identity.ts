import type { Tree } from '../../../core/tree.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** Options of {@link Identity}. */
export type IdentityOptions = LayerOptions;

/**
 * The input as it is: a placeholder for a layer that is not wanted.
 *
 * Shapes: any → the same.
 * @example
 * await new Identity().apply([1, 2]);    // [1, 2]
 * @see https://keras.io/api/layers/core_layers/identity/
 */
export class Identity extends Layer {
  static override readonly className: string = 'Identity';

  constructor(options: IdentityOptions = {}) {
    super(options);
    this.supportsMasking = true;
    this.built = true;
  }

  override call(inputs: Tree<Value>): Tree<Value> {
    return inputs;
  }
}
