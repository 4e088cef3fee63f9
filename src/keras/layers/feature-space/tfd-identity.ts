import type { Value } from '../../../compiler/ir/value.ts';
import { cast } from '../../ops/index.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/**
 * Returns a feature of a FeatureSpace unchanged but for its dtype. Keras defines it beside FeatureSpace, not among its layers,
 * and files of feature spaces contain it.
 *
 * Shapes: any → the same, in the layer's dtype.
 *
 * @throws TypeError if an option is unknown.
 * @see https://keras.io/api/utils/feature_space/
 */
export class TFDIdentity extends Layer {
  static override readonly className: string = 'TFDIdentity';
  static readonly kerasModule: string = 'keras.src.layers.preprocessing.feature_space';

  override supportsMasking = true;
  override built = true;

  constructor(options: LayerOptions = {}) {
    super(options);
  }

  override call(inputs: Value): Value {
    return cast(inputs, this.dtype);
  }
}
