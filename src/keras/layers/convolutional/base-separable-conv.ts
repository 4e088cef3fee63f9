import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { ValueError } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Constraint, ConstraintIdentifier } from '../../constraints/index.ts';
import type { Initializer, InitializerIdentifier } from '../../initializers/index.ts';
import { separableConv } from '../../ops/index.ts';
import type { Regularizer, RegularizerIdentifier } from '../../regularizers/index.ts';
import type { Fields } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { positive } from '../base/option-fields.ts';
import { type LinearForm, inputsFirst, perChannel } from '../base/traits.ts';
import { weightFields, weightParts } from '../base/weight-fields.ts';
import { ChannelwiseLayer, type ChannelwiseOptions, windowFields } from './channelwise-layer.ts';

/** Options of the separable convolutions. */
export interface SeparableConvOptions extends ChannelwiseOptions {
  /** The initializer of the weights that mix the channels. @default 'glorot_uniform' */
  pointwiseInitializer?: InitializerIdentifier | null | undefined;
  /** A penalty on the weights that mix the channels. @default null */
  pointwiseRegularizer?: RegularizerIdentifier | null | undefined;
  /** A constraint on the weights that mix the channels after each update. @default null */
  pointwiseConstraint?: ConstraintIdentifier | null | undefined;
}

/** The options of a separable convolution over so many spatial axes, in the order of Keras's config. */
export function separableConvFields(rank: number): Fields {
  return {
    depthMultiplier: positive(1),
    filters: positive(),
    ...windowFields(rank),
    ...weightFields(
      { depthwise: 'glorot_uniform', pointwise: 'glorot_uniform', bias: 'zeros' },
      { writesPenalty: true },
    ),
  };
}

/** The base of the separable convolutions over one and two spatial axes. */
export abstract class BaseSeparableConv extends ChannelwiseLayer {
  /** The number of output channels. */
  declare readonly filters: number;
  declare readonly pointwiseInitializer: Initializer;
  declare readonly pointwiseRegularizer: Regularizer | null;
  declare readonly pointwiseConstraint: Constraint | null;
  #kernels: readonly [Variable, Variable] | null = null;

  get #built(): readonly [Variable, Variable] {
    if (this.#kernels !== null) return this.#kernels;
    throw new ValueError(
      `[${this.who}] the kernels are made by build: call the layer on an input or build([…]) first.`,
    );
  }

  /** The channels' filters. @throws ValueError before the layer is built. */
  get depthwiseKernel(): Variable {
    return this.#built[0];
  }

  /** The weights that mix the channels. @throws ValueError before the layer is built. */
  get pointwiseKernel(): Variable {
    return this.#built[1];
  }

  override get linearForm(): LinearForm {
    const { activation } = this;
    return {
      kernels: [perChannel, inputsFirst],
      activation,
      channelsLast: this.dataFormat === 'channels_last',
      pads: this.padding !== 'valid',
    };
  }

  override build(inputShape: Shape): void {
    const channels = this.fixChannels(inputShape);
    const depthwise = [...this.kernelSize, channels, this.depthMultiplier];
    const pointwise = [...this.kernelSize.map(() => 1), channels * this.depthMultiplier, this.filters];
    this.#kernels = [
      this.addWeight({ name: 'depthwise_kernel', shape: depthwise, ...weightParts(this, 'depthwise') }),
      this.addWeight({ name: 'pointwise_kernel', shape: pointwise, ...weightParts(this, 'pointwise') }),
    ];
    this.addBiasWeight(this.filters);
  }

  override call(inputs: Value, context: CallContext): Value {
    const [depthwise, pointwise] = [context.read(this.depthwiseKernel), context.read(this.pointwiseKernel)];
    return this.finish(separableConv(inputs, depthwise, pointwise, this.window), context);
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return this.shapeWith(inputShape, this.filters);
  }
}
