import { canonicalAxis, knownSize } from '../../../core/axes.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import * as ops from '../../ops/index.ts';
import { type Fields, type GivenOptions, field } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { axis } from '../base/option-fields.ts';
import { AffineLayer, type AffineOptions, affineFields, affineWeightFields } from './affine-layer.ts';
import { groupStatistics } from './group-statistics.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link GroupNormalization}. */
export interface GroupNormalizationOptions extends AffineOptions {
  /** The number of groups, which must divide the channels; −1 makes a group of each channel. @default 32 */
  groups?: number | undefined;
  /** The axis of the channels, any but the batch's. @default -1 */
  axis?: number | undefined;
}

/** The options that can be given by position. */
const ORDER = ['groups', 'axis', 'epsilon', 'center', 'scale'] as const;

/**
 * Group normalization (Wu & He, 2018): normalizes each group of channels of each sample to mean 0 and standard deviation 1,
 * then applies a learned scale and offset to each channel. Samples are independent, so training and inference are the same.
 *
 *     μ = mean(x)        σ² = mean((x − μ)²)           over all axes but the batch's, in each group of channels
 *     y = γ · (x − μ) / √(σ² + ε) + β
 *
 * One group is LayerNormalization over all axes, with one γ and one β for each channel; a group for each channel is
 * InstanceNormalization. A mask passes through without effect.
 *
 * Shapes: x and y `[batch, …]` of rank 2 or more; γ and β `[channels]`.
 *
 * @throws ValueError if `groups` is neither a positive integer nor −1, or does not divide the channels.
 * @example
 * const layer = new GroupNormalization({ groups: 2 });
 * await layer.apply([[1, 3, 10, 30]]);    // ≈ [[-1, 1, -1, 1]]
 * @see https://keras.io/api/layers/normalization_layers/group_normalization/
 * @see https://arxiv.org/abs/1803.08494
 */
export class GroupNormalization extends AffineLayer {
  static override readonly className: string = 'GroupNormalization';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = {
    groups: field({ byDefault: 32, read: checkGroups }),
    axis: axis(-1),
    ...affineFields,
    ...affineWeightFields,
  };

  /** The number of groups; −1 makes a group of each channel. */
  declare readonly groups: number;
  /** The axis of the channels, any but the batch's. */
  declare readonly axis: number;

  constructor(options: object, positional: GivenOptions);
  constructor(...args: Arguments<GroupNormalizationOptions, typeof ORDER>);
  constructor(options?: GroupNormalizationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { minNdim: 2 };
  }

  override build(inputShape: Shape): void {
    const channels = knownSize(inputShape, this.#channelAxis(inputShape), this.who);
    checkDivides(this.who, this.groups, channels);
    this.addAffine([channels]);
    this.inputSpec = { ndim: inputShape.length, axes: { [this.axis]: channels } };
  }

  override call(inputs: Value, context: CallContext): Value {
    const x = ops.cast(inputs, this.dtype);
    const channelAxis = this.#channelAxis(x.shape);
    const channels = knownSize(x.shape, channelAxis, this.who);
    const groups = this.groups === -1 ? channels : this.groups;
    const { centered, mean, variance } = groupStatistics(x, channelAxis, groups);
    const coefficient = (variable: Variable): Value =>
      ops.reshape(context.read(variable), new Array<number>(x.rank).fill(1).toSpliced(channelAxis, 1, channels));
    const inverse = ops.power(ops.add(variance, this.epsilon), -0.5);
    const scale = this.gamma === null ? inverse : ops.multiply(inverse, coefficient(this.gamma));
    // The mean of centered data is so small that it can be part of the offset, which saves a pass.
    const moved = ops.negative(ops.multiply(mean, scale));
    const offset = this.beta === null ? moved : ops.add(coefficient(this.beta), moved);
    return ops.normalizeWith(centered, ops.fullLike(mean, 0), scale, offset);
  }

  /** The axis of the channels, counted from the front. */
  #channelAxis(inputShape: Shape): number {
    const channelAxis = canonicalAxis(this.axis, inputShape.length, this.who);
    if (channelAxis !== 0) return channelAxis;
    throw new ValueError(
      `[${this.who}] axis must be that of the channels, not 0, the axis of the batch. Received: axis=${this.axis} for an input of rank ${inputShape.length}.`,
    );
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const shape = this.checkedShape(inputShape);
    this.#channelAxis(shape);
    return shape;
  }
}

function checkGroups(who: string, _option: string, groups: unknown): number {
  if (typeof groups === 'number' && Number.isInteger(groups) && (groups > 0 || groups === -1)) return groups;
  throw new ValueError(
    `[${who}] groups must be a positive integer, or -1 for a group of each channel. Received: groups=${show(groups)}.`,
  );
}

/** @throws ValueError if the channels cannot be cut into so many groups of one size. */
function checkDivides(who: string, groups: number, channels: number): void {
  if (groups === -1 || (groups <= channels && channels % groups === 0)) return;
  const must = groups > channels ? 'must not be more than' : 'must divide';
  throw new ValueError(
    `[${who}] groups ${must} the number of channels, ${channels}. Received: groups=${groups}. Choose one of ${divisorsOf(channels).join(', ')}, or -1 for a group of each channel.`,
  );
}

/** The divisors in increasing order; found in pairs, since files may declare any number of channels. */
function divisorsOf(channels: number): readonly number[] {
  const small: number[] = [];
  for (let n = 1; n * n <= channels && n < 2 ** 16; n++) if (channels % n === 0) small.push(n);
  return [...new Set([...small, ...small.map((n) => channels / n).reverse()])];
}
