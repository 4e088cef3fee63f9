import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import { depthwiseConv } from '../../ops/convolutions.ts';
import { serialize as serializeRegularizer } from '../../regularizers/index.ts';
import { json } from '../base/arguments.ts';
import type { CallContext } from '../base/call-context.ts';
import { ChannelwiseLayer } from './channelwise-layer.ts';
import { weightPartsConfig } from './kernel-parts.ts';

/** What the depthwise convolutions over one and two spatial axes share. */
export abstract class BaseDepthwiseConv extends ChannelwiseLayer {
  #kernel: Variable | null = null;

  /** The filters of the channels. @throws ValueError before the layer is built. */
  get kernel(): Variable {
    if (this.#kernel !== null) return this.#kernel;
    throw new ValueError(`[${this.who}] the kernel is made by build: call the layer on an input or build([…]) first.`);
  }

  override build(inputShape: Shape): void {
    const channels = this.fixChannels(inputShape);
    const shape = [...this.kernelSize, channels, this.depthMultiplier];
    this.#kernel = this.addWeight({ name: 'kernel', shape, ...this.depthwiseParts });
    this.addBiasWeight(channels * this.depthMultiplier);
  }

  override call(inputs: Value, context: CallContext): Value {
    return this.finish(depthwiseConv(inputs, context.read(this.kernel), this.window), context);
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const channels = inputShape[this.channelAxis] ?? null;
    return this.shapeWith(inputShape, channels === null ? null : channels * this.depthMultiplier);
  }

  override getConfig(): Config {
    const [depthwise, bias] = [weightPartsConfig(this.depthwiseParts), weightPartsConfig(this.biasParts)];
    return {
      ...super.getConfig(),
      depth_multiplier: this.depthMultiplier,
      ...this.windowConfig(),
      depthwise_initializer: depthwise.initializer,
      bias_initializer: bias.initializer,
      depthwise_regularizer: depthwise.regularizer,
      bias_regularizer: bias.regularizer,
      activity_regularizer: json(serializeRegularizer(this.activityRegularizer)),
      depthwise_constraint: depthwise.constraint,
      bias_constraint: bias.constraint,
    };
  }
}
