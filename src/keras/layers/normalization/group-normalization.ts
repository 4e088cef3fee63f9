import { canonicalAxis, knownSize, otherAxes } from '../../../core/axes.ts';
import type { Config } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import * as ops from '../../ops/index.ts';
import type { CallContext } from '../base/call-context.ts';
import { AffineLayer, type AffineOptions } from './affine-layer.ts';
import { batchStatistics } from './batch-statistics.ts';

/** Options of {@link GroupNormalization}. */
export interface GroupNormalizationOptions extends AffineOptions {
  /** How many groups; −1 makes a group of each channel. It must divide the channels. @default 32 */
  groups?: number | undefined;
  /** The axis of the channels, any but the batch's. @default -1 */
  axis?: number | undefined;
}

/**
 * Group normalization (Wu & He, 2018): gives each group of channels of each sample mean 0 and deviation 1, then each
 * channel a learned scale and offset. Samples do not meet, so training and inference are the same.
 *
 *     μ = mean(x)        σ² = mean((x − μ)²)           over all axes but the batch's, in each group of channels
 *     y = γ · (x − μ) / √(σ² + ε) + β
 *
 * One group is LayerNormalization over all axes, with γ and β of the channels alone; a group for each channel is
 * InstanceNormalization. A mask passes through and changes nothing.
 *
 * Shapes: x and y `[batch, …]` of rank 2 or more; γ and β `[channels]`.
 *
 * @throws ValueError if `groups` is no positive integer and not −1, is more than the channels or does not divide them.
 * @example
 * const layer = new GroupNormalization({ groups: 2 });
 * await layer.apply([[1, 3, 10, 30]]);    // ≈ [[-1, 1, -1, 1]]
 * @see https://keras.io/api/layers/normalization_layers/group_normalization/
 * @see https://arxiv.org/abs/1803.08494
 */
export class GroupNormalization extends AffineLayer {
  static override readonly className: string = 'GroupNormalization';

  /** How many groups; −1 makes a group of each channel. It must divide the channels. */
  readonly groups: number;
  /** The axis of the channels, any but the batch's. */
  readonly axis: number;

  constructor(options: GroupNormalizationOptions = {}) {
    super(options, ['groups', 'axis']);
    this.groups = checkGroups(this.who, options.groups ?? 32);
    this.axis = checkChannelAxis(this.who, options.axis ?? -1);
    this.inputSpec = { minRank: 2 };
  }

  override build(inputShape: Shape): void {
    const axis = this.#channelAxis(inputShape);
    const channels = knownSize(inputShape, axis, this.who);
    checkDivides(this.who, this.groups, channels);
    this.addAffine([channels]);
    this.inputSpec = { rank: inputShape.length, axes: { [this.axis]: channels } };
  }

  override call(inputs: Value, context: CallContext): Value {
    const x = ops.cast(inputs, this.dtype);
    const axis = this.#channelAxis(x.shape);
    const channels = knownSize(x.shape, axis, this.who);
    const groups = this.groups === -1 ? channels : this.groups;
    const parts = [groups, channels / groups];
    const grouped = ops.reshape(x, x.shape.toSpliced(axis, 1, ...parts));
    // The batch and the groups are kept.
    const { variance, centred, centredMean } = batchStatistics(grouped, otherAxes([0, axis], grouped.rank));
    const coefficient = (variable: Variable): Value =>
      ops.reshape(context.read(variable), new Array<number>(x.rank).fill(1).toSpliced(axis, 1, ...parts));
    const inverse = ops.power(ops.add(variance, this.epsilon), -0.5);
    const scale = this.gamma === null ? inverse : ops.multiply(inverse, coefficient(this.gamma));
    const offset = this.beta === null ? ops.fullLike(centredMean, 0) : coefficient(this.beta);
    return ops.reshape(ops.normalizeWith(centred, centredMean, scale, offset), x.shape);
  }

  /** The axis of the channels, counted from the front. */
  #channelAxis(inputShape: Shape): number {
    const axis = canonicalAxis(this.axis, inputShape.length, this.who);
    if (axis !== 0) return axis;
    throw new ValueError(
      `[${this.who}] axis must be that of the channels, and axis 0 is that of the batch. Received: axis=${this.axis} for an input of rank ${inputShape.length}.`,
    );
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const shape = this.checkedShape(inputShape);
    this.#channelAxis(shape);
    return shape;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      groups: this.groups,
      axis: this.axis,
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      ...this.affineConfig(),
    };
  }
}

function checkGroups(who: string, groups: unknown): number {
  if (typeof groups === 'number' && Number.isInteger(groups) && (groups > 0 || groups === -1)) return groups;
  throw new ValueError(
    `[${who}] groups must be a positive integer, or -1 for a group of each channel. Received: groups=${show(groups)}.`,
  );
}

function checkChannelAxis(who: string, axis: unknown): number {
  if (typeof axis === 'number' && Number.isInteger(axis)) return axis;
  throw new TypeError(`[${who}] axis must be an integer. Received: axis=${show(axis)}.`);
}

/** @throws ValueError if the channels cannot be cut into so many groups of one size. */
function checkDivides(who: string, groups: number, channels: number): void {
  if (groups === -1 || (groups <= channels && channels % groups === 0)) return;
  const must = groups > channels ? 'must not be more than' : 'must divide';
  throw new ValueError(
    `[${who}] groups ${must} the number of channels, ${channels}. Received: groups=${groups}. Choose one of ${divisorsOf(channels).join(', ')}, or -1 for a group of each channel.`,
  );
}

/** From small to large; found in pairs, since files may declare any number of channels. */
function divisorsOf(channels: number): readonly number[] {
  const small: number[] = [];
  for (let n = 1; n * n <= channels && n < 2 ** 16; n++) if (channels % n === 0) small.push(n);
  return [...new Set([...small, ...small.map((n) => channels / n).reverse()])];
}
