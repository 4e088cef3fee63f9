import type { Value } from '../../compiler/ir/value.ts';
import type { Activation } from '../activations/index.ts';
import type { Initializer } from '../initializers/index.ts';
import type { CallContext } from '../layers/base/call-context.ts';
import { Layer } from '../layers/base/layer.ts';
import { partOf } from './make-parts.ts';

/** The base of encoders and decoders: their options, and calls of the layers inside, which `build` makes. */
export abstract class FeedforwardBlock extends Layer {
  /** The size between the dense layers. */
  declare readonly intermediateDim: number;
  /** The share of elements that each dropout sets to 0 in training. */
  declare readonly dropout: number;
  /** The activation of the first dense layer. */
  declare readonly activation: Activation;
  /** The number added to the variance in the normalizations. */
  declare readonly layerNormEpsilon: number;
  /** The initializer of all kernels. */
  declare readonly kernelInitializer: Initializer;
  /** The initializer of all biases. */
  declare readonly biasInitializer: Initializer;

  /** Calls layers of one input inside, one after another. @throws ValueError before they are built */
  protected through(layers: readonly (Layer | null)[], x: Value, { trace, training }: CallContext): Value {
    return layers.reduce((value, layer) => partOf(layer, this.who).applyIn(trace, value, training, null) as Value, x);
  }
}
