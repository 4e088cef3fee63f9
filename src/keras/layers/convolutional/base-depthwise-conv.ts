import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { ValueError } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import { depthwiseConv } from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { positive } from '../base/option-fields.ts';
import { type LinearForm, perChannel } from '../base/traits.ts';
import { weightFields, weightParts } from '../base/weight-fields.ts';
import { ChannelwiseLayer, windowFields } from './channelwise-layer.ts';

/** The options of a depthwise convolution over so many spatial axes, in the order of Keras's config. */
export function depthwiseConvFields(rank: number): Fields {
  return {
    depthMultiplier: positive(1),
    ...windowFields(rank),
    ...weightFields({ depthwise: 'glorot_uniform', bias: 'zeros' }, { writesPenalty: true }),
  };
}

/** The base of the depthwise convolutions over one and two spatial axes. */
export abstract class BaseDepthwiseConv extends ChannelwiseLayer {
  #kernel: Variable | null = null;

  /** The channels' filters. @throws ValueError before the layer is built. */
  get kernel(): Variable {
    if (this.#kernel !== null) return this.#kernel;
    throw new ValueError(`[${this.who}] the kernel is made by build: call the layer on an input or build([…]) first.`);
  }

  override get linearForm(): LinearForm {
    const { activation } = this;
    return {
      kernels: [perChannel],
      activation,
      channelsLast: this.dataFormat === 'channels_last',
      pads: this.padding !== 'valid',
    };
  }

  override build(inputShape: Shape): void {
    const channels = this.fixChannels(inputShape);
    const shape = [...this.kernelSize, channels, this.depthMultiplier];
    this.#kernel = this.addWeight({ name: 'kernel', shape, ...weightParts(this, 'depthwise') });
    this.addBiasWeight(channels * this.depthMultiplier);
  }

  override call(inputs: Value, context: CallContext): Value {
    return this.finish(depthwiseConv(inputs, context.read(this.kernel), this.window), context);
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const channels = inputShape[this.channelAxis] ?? null;
    return this.shapeWith(inputShape, channels === null ? null : channels * this.depthMultiplier);
  }
}
