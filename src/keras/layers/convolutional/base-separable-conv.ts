import type { ConstraintIdentifier } from '../../constraints/index.ts';
import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import type { InitializerIdentifier } from '../../initializers/index.ts';
import { separableConv } from '../../ops/convolutions.ts';
import { type RegularizerIdentifier, serialize as serializeRegularizer } from '../../regularizers/index.ts';
import { checkPositive, json } from '../base/arguments.ts';
import type { CallContext } from '../base/call-context.ts';
import { ChannelwiseLayer, type ChannelwiseOptions } from './channelwise-layer.ts';
import { type WeightParts, readWeightParts, weightPartsConfig } from './kernel-parts.ts';

/** Options of the separable convolutions. */
export interface SeparableConvOptions extends ChannelwiseOptions {
  /** What gives the weights that mix the channels their first values. @default 'glorot_uniform' */
  pointwiseInitializer?: InitializerIdentifier | null | undefined;
  /** A penalty on the weights that mix the channels. @default null */
  pointwiseRegularizer?: RegularizerIdentifier | null | undefined;
  /** What the weights that mix the channels must satisfy after each update. @default null */
  pointwiseConstraint?: ConstraintIdentifier | null | undefined;
}

const OPTIONS = ['pointwiseInitializer', 'pointwiseRegularizer', 'pointwiseConstraint'];

/** What the separable convolutions over one and two spatial axes share. */
export abstract class BaseSeparableConv extends ChannelwiseLayer {
  /** The number of output channels. */
  readonly filters: number;
  readonly #pointwiseParts: WeightParts;
  #kernels: readonly [Variable, Variable] | null = null;

  constructor(rank: number, filters: number, kernelSize: number | readonly number[], options: SeparableConvOptions) {
    super(rank, kernelSize, options, OPTIONS);
    this.filters = checkPositive(this.who, 'filters', filters);
    const { pointwiseInitializer, pointwiseRegularizer, pointwiseConstraint } = options;
    const initializer = pointwiseInitializer ?? 'glorot_uniform';
    this.#pointwiseParts = readWeightParts(this.who, initializer, pointwiseRegularizer, pointwiseConstraint);
  }

  get #built(): readonly [Variable, Variable] {
    if (this.#kernels !== null) return this.#kernels;
    throw new ValueError(
      `[${this.who}] the kernels are made by build: call the layer on an input or build([…]) first.`,
    );
  }

  /** The filters of the channels. @throws ValueError before the layer is built. */
  get depthwiseKernel(): Variable {
    return this.#built[0];
  }

  /** What mixes the channels. @throws ValueError before the layer is built. */
  get pointwiseKernel(): Variable {
    return this.#built[1];
  }

  override build(inputShape: Shape): void {
    const channels = this.fixChannels(inputShape);
    const depthwise = [...this.kernelSize, channels, this.depthMultiplier];
    const pointwise = [...this.kernelSize.map(() => 1), channels * this.depthMultiplier, this.filters];
    this.#kernels = [
      this.addWeight({ name: 'depthwise_kernel', shape: depthwise, ...this.depthwiseParts }),
      this.addWeight({ name: 'pointwise_kernel', shape: pointwise, ...this.#pointwiseParts }),
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

  override getConfig(): Config {
    const depthwise = weightPartsConfig(this.depthwiseParts);
    const pointwise = weightPartsConfig(this.#pointwiseParts);
    const bias = weightPartsConfig(this.biasParts);
    return {
      ...super.getConfig(),
      depth_multiplier: this.depthMultiplier,
      filters: this.filters,
      ...this.windowConfig(),
      depthwise_initializer: depthwise.initializer,
      pointwise_initializer: pointwise.initializer,
      bias_initializer: bias.initializer,
      depthwise_regularizer: depthwise.regularizer,
      pointwise_regularizer: pointwise.regularizer,
      bias_regularizer: bias.regularizer,
      activity_regularizer: json(serializeRegularizer(this.activityRegularizer)),
      depthwise_constraint: depthwise.constraint,
      pointwise_constraint: pointwise.constraint,
      bias_constraint: bias.constraint,
    };
  }
}
