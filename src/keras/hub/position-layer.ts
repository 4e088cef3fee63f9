import type { Value } from '../../compiler/ir/value.ts';
import { ValueError } from '../../core/errors.ts';
import { type Shape, showShape } from '../../core/shape.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';
import type { ApplyOptions } from '../layers/base/apply-options.ts';
import type { CallContext } from '../layers/base/call-context.ts';
import { Layer } from '../layers/base/layer.ts';
import type { KerasCall } from '../layers/base/traits.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import { add, arange, cast, expandDims } from '../ops/index.ts';

/** Options of a call of a layer that depends on positions. */
export interface PositionCall<Tensors> extends ApplyOptions<Tensors> {
  /** The position of the first element of the sequence, a number or a scalar, for decoding step by step. @default 0 */
  startIndex?: number | Tensors | null | undefined;
  /** The position of each element, `[sequence]` or `[batch, sequence]`; `startIndex` then has no effect. @default null */
  positions?: Tensors | null | undefined;
}

/** The options in a call. */
export interface GivenPositions {
  readonly startIndex: number | Value | null;
  readonly positions: Value | null;
}

/** The base of layers that depend on the positions of the elements of a sequence. */
export abstract class PositionLayer extends Layer {
  static override readonly kerasCall: KerasCall = {
    tensors: ['startIndex', 'positions'],
    scalars: ['startIndex'],
    positional: ['start_index', 'positions'],
  };

  override apply(inputs: KerasTensor, options?: PositionCall<KerasTensor>): KerasTensor;
  override apply(inputs: Value, options?: PositionCall<Value>): Value;
  override apply(inputs: TensorLike, options?: PositionCall<TensorLike>): Promise<Tensor>;
  /** Calls the layer. */
  override apply(inputs: never, options?: never): never {
    return super.apply(inputs, options) as never;
  }

  /** The shape of the input. */
  override computeOutputShape(inputShape: Shape): Shape {
    return this.checkedShape(inputShape);
  }
}

/** The positions that a call gives, `[1, sequence]` or `[batch, sequence]`; null without them. @throws ValueError for another rank */
export function givenPositions({ options }: CallContext, who: string): Value | null {
  const { positions } = options as unknown as GivenPositions;
  if (positions === null) return null;
  if (positions.rank === 2) return positions;
  if (positions.rank === 1) return expandDims(positions, 0);
  throw new ValueError(
    `[${who}] positions must have the shape [sequence] or [batch, sequence]. Received: positions of shape ${showShape(positions.shape)}.`,
  );
}

/** The first position of a call: a number, or a scalar that is known when the program runs. @throws ValueError if it is neither */
export function givenStart({ options }: CallContext, who: string): number | Value {
  const { startIndex } = options as unknown as GivenPositions;
  const start = startIndex ?? 0;
  if (typeof start === 'number' ? Number.isInteger(start) && start >= 0 : start.rank === 0) return start;
  const received = typeof start === 'number' ? `startIndex=${start}` : `startIndex of shape ${showShape(start.shape)}`;
  throw new ValueError(`[${who}] startIndex must be an integer ≥ 0 or a scalar. Received: ${received}.`);
}

/** The positions of a sequence of known length as floats, `[1, sequence]` or `[batch, sequence]`. */
export function positionsOf(context: CallContext, length: number, who: string): Value {
  const given = givenPositions(context, who);
  if (given !== null) return cast(given, 'float32');
  const start = givenStart(context, who);
  const indices = arange(length, { dtype: 'float32' });
  const moved = start === 0 ? indices : add(indices, typeof start === 'number' ? start : cast(start, 'float32'));
  return expandDims(moved, 0);
}
