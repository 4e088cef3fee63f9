import type { Variable } from '../../../compiler/ir/variable.ts';
import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import type { KnownShape } from '../../../core/shape.ts';
import { activation } from '../../activations/field.ts';
import type { Activation, ActivationIdentifier } from '../../activations/index.ts';
import type { Constraint, ConstraintIdentifier } from '../../constraints/index.ts';
import type { Initializer, InitializerIdentifier } from '../../initializers/index.ts';
import type { Regularizer, RegularizerIdentifier } from '../../regularizers/index.ts';
import { type Fields, boolean } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from './layer.ts';
import { weightFields, weightParts } from './weight-fields.ts';

/** Options of layers that multiply by a kernel and add a bias. */
export interface KernelOptions extends LayerOptions {
  /** The activation of the output. @default null, which is 'linear' */
  activation?: ActivationIdentifier | null | undefined;
  /** Whether a bias is added. @default true */
  useBias?: boolean | undefined;
  /** The initializer of the kernel. @default 'glorot_uniform' */
  kernelInitializer?: InitializerIdentifier | null | undefined;
  /** The initializer of the bias. @default 'zeros' */
  biasInitializer?: InitializerIdentifier | null | undefined;
  /** A penalty on the kernel. @default null */
  kernelRegularizer?: RegularizerIdentifier | null | undefined;
  /** A penalty on the bias. @default null */
  biasRegularizer?: RegularizerIdentifier | null | undefined;
  /** A constraint on the kernel after each update. @default null */
  kernelConstraint?: ConstraintIdentifier | null | undefined;
  /** A constraint on the bias after each update. @default null */
  biasConstraint?: ConstraintIdentifier | null | undefined;
}

/** The activation and the bias, which Keras writes ahead of the options of the weights. */
export const activationFields: Fields = { activation: activation(), useBias: boolean(true) };

/** The options of layers with one kernel, in the order of Keras's configs. */
export const kernelFields: Fields = {
  ...activationFields,
  ...weightFields({ kernel: 'glorot_uniform', bias: 'zeros' }),
};

/** The base of layers that multiply by one kernel and add a bias. */
export abstract class KernelLayer extends Layer {
  static override readonly fields: Fields = kernelFields;

  /** The activation of the output. */
  declare readonly activation: Activation;
  declare readonly kernelInitializer: Initializer;
  declare readonly biasInitializer: Initializer;
  declare readonly kernelRegularizer: Regularizer | null;
  declare readonly biasRegularizer: Regularizer | null;
  declare readonly kernelConstraint: Constraint | null;
  declare readonly biasConstraint: Constraint | null;
  #kernel: Variable | null = null;
  #bias: Variable | null = null;

  /** The weights by which inputs are multiplied. @throws ValueError before the layer is built. */
  get kernel(): Variable {
    if (this.#kernel !== null) return this.#kernel;
    throw new ValueError(`[${this.who}] the kernel is made by build: call the layer on an input or build([…]) first.`);
  }

  /** The bias; null before the layer is built, and for a layer without one. */
  get bias(): Variable | null {
    return this.#bias;
  }

  /** Makes the kernel, and a bias unless its shape is null. */
  protected addKernel(
    shape: KnownShape,
    biasShape: KnownShape | null,
    initializer: Initializer = this.kernelInitializer,
  ): void {
    this.#kernel = this.addWeight({ name: 'kernel', shape, ...weightParts(this, 'kernel'), initializer });
    if (biasShape !== null)
      this.#bias = this.addWeight({ name: 'bias', shape: biasShape, ...weightParts(this, 'bias') });
  }
}

/**
 * The config of a layer that writes `activity_regularizer` among the options of its weights: Keras's base class writes a
 * regularizer that is not null before them.
 */
export function withPenaltyFirst(config: Config): Config {
  const { name, trainable, dtype, activity_regularizer: penalty, ...others } = config;
  if (name === undefined || trainable === undefined || dtype === undefined) return config;
  if (penalty === undefined || penalty === null) return config;
  return { name, trainable, dtype, activity_regularizer: penalty, ...others };
}
