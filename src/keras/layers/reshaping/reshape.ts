import { ValueError, show } from '../../../core/errors.ts';
import { type KnownShape, type Shape, isKnown, showShape, sizeOf } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { reshape } from '../../ops/index.ts';
import { type Fields, field } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Reshape}. */
export type ReshapeOptions = LayerOptions;

/**
 * Reshapes each sample, keeping the order of its elements. One size may be −1, and is derived from the others.
 *
 * Shapes: `[batch, …]` → `[batch, …targetShape]`.
 * @throws ValueError if the number of elements does not fit.
 * @example
 * new Reshape([-1, 2, 2]).apply(Input({ shape: [12] })).shape;    // [null, 3, 2, 2]
 * @see https://keras.io/api/layers/reshaping_layers/reshape/
 */
export class Reshape extends Layer {
  static override readonly className: string = 'Reshape';
  static override readonly positional = ['targetShape'] as const;
  static override readonly fields: Fields = { targetShape: field({ read: checkTarget }) };

  override built = true;
  /** The shape without the batch. */
  declare readonly targetShape: KnownShape;

  constructor(...args: Arguments<ReshapeOptions & { targetShape: readonly number[] }, typeof Reshape.positional>);
  constructor(targetShape: readonly number[], options?: ReshapeOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { minNdim: 1 };
  }

  override call(inputs: Value): Value {
    return reshape(inputs, this.computeOutputShape(inputs.shape));
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const [batch = null, ...rest] = this.checkedShape(inputShape);
    const target = this.targetShape;
    if (!isKnown(rest)) return [batch, ...target.map((size) => (size === -1 ? null : size))];
    const used = sizeOf(target.filter((size) => size !== -1));
    const open = target.includes(-1);
    const inferred = open && used > 0 ? sizeOf(rest) / used : 0;
    if (open ? used === 0 || !Number.isInteger(inferred) : used !== sizeOf(rest)) {
      throw new ValueError(
        `[${this.who}] targetShape=${showShape(target)} must have as many elements as the input without its batch, ${sizeOf(rest)}. Received: input of shape ${showShape(inputShape)}.`,
      );
    }
    return [batch, ...target.map((size) => (size === -1 ? inferred : size))];
  }
}

function checkTarget(who: string, option: string, value: unknown): KnownShape {
  const list: readonly unknown[] = Array.isArray(value) ? value : [NaN];
  const sizes = list.filter((size) => typeof size === 'number' && Number.isInteger(size) && size >= -1);
  if (sizes.length === list.length && sizes.filter((size) => size === -1).length < 2) return [...(list as number[])];
  throw new ValueError(
    `[${who}] ${option} must be a list of non-negative integers, one of which may be -1. Received: ${option}=${show(value)}.`,
  );
}
