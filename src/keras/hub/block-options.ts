import { activation } from '../activations/field.ts';
import type { ActivationIdentifier } from '../activations/index.ts';
import { initializer } from '../initializers/field.ts';
import type { InitializerIdentifier } from '../initializers/index.ts';
import type { LayerOptions } from '../layers/base/layer-options.ts';
import { type Field, type Fields, boolean, number } from '../saving/fields.ts';

/** Options of the encoders and decoders. */
export interface BlockOptions extends LayerOptions {
  /** The share of elements that each dropout sets to 0 in training. @default 0 */
  dropout?: number | undefined;
  /** The activation of the first dense layer. @default 'relu' */
  activation?: ActivationIdentifier | null | undefined;
  /** The number added to the variance in the normalizations. @default 1e-5 */
  layerNormEpsilon?: number | undefined;
  /** The initializer of all kernels. @default 'glorot_uniform' */
  kernelInitializer?: InitializerIdentifier | null | undefined;
  /** The initializer of all biases. @default 'zeros' */
  biasInitializer?: InitializerIdentifier | null | undefined;
}

/** Options of the encoder and the decoder with attention. */
export interface TransformerOptions extends BlockOptions {
  /** Whether the input of each part is normalized, not its output. @default false */
  normalizeFirst?: boolean | undefined;
}

/** The fields of the options of the encoders and decoders. */
export const blockFields: Fields = {
  dropout: number(0, { min: 0, max: 1 }),
  activation: activation('relu'),
  layerNormEpsilon: number(1e-5, { min: 0 }),
  kernelInitializer: initializer('glorot_uniform'),
  biasInitializer: initializer('zeros'),
};

/** The field of the place of the normalizations. */
export const normalizeFirst: Field<boolean> = boolean(false);
