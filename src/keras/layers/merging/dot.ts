import { ValueError, show } from '../../../core/errors.ts';
import { canonicalAxis } from '../../../core/axes.ts';
import { type Shape, isKnown, showShape, sizeOf } from '../../../core/shape.ts';
import type { Tensor, TensorLike } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { matmul, reshape, transpose, normalize } from '../../ops/index.ts';
import { type Fields, boolean, field } from '../../saving/fields.ts';
import type { Several } from '../base/apply-options.ts';
import { type InputShape, showInputShape } from '../base/input-shape.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { listOfInputs, readList, shapesOfList } from './merged-inputs.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Dot}. */
export interface DotOptions extends LayerOptions {
  /** Whether the inputs are scaled to length 1 along the axes first, so that the product is a cosine. @default false */
  normalize?: boolean | undefined;
}

/**
 * The scalar products of two inputs along an axis of each, sample by sample.
 *
 *     y[b, …, …′] = Σₖ x₁[b, …, k] · x₂[b, …′, k]
 *
 * Shapes: `[batch, …, n]` and `[batch, …′, n]`, with n on any axis but the batch's → `[batch, …, …′]`; `[batch, 1]`
 * if no other axis remains. A mask is dropped.
 * @throws ValueError if the input is not a list of two, or the axes do not fit.
 * @example
 * await new Dot(1).apply([tensor([[1, 2]]), tensor([[3, 5]])]);    // [[13]]
 * @see https://keras.io/api/layers/merging_layers/dot/
 */
export class Dot extends Layer {
  static override readonly className: string = 'Dot';
  static override readonly positional = ['axes', 'normalize'] as const;
  static override readonly fields: Fields = { axes: field({ read: checkAxes }), normalize: boolean(false) };

  override supportsMasking = true;
  /** The axis to sum over, or that of each input. */
  declare readonly axes: number | readonly [number, number];
  /** Whether the inputs are scaled to length 1 first. */
  declare readonly normalize: boolean;

  constructor(...args: Arguments<DotOptions & { axes: number | readonly number[] }, typeof Dot.positional>);
  constructor(axes: number | readonly number[], options?: DotOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override build(inputShape: InputShape): void {
    this.#axesFor(shapesOfList(inputShape, this.who));
  }

  /** The axes, counted from the front. */
  #axesFor(shapes: readonly Shape[]): readonly [number, number] {
    const [first, second] = shapes;
    if (first === undefined || second === undefined || shapes.length !== 2) {
      throw new ValueError(
        `[${this.who}] expected exactly 2 inputs. Received: ${shapes.length}, of shapes ${showInputShape(shapes)}.`,
      );
    }
    const [a, b] = typeof this.axes === 'number' ? [this.axes, this.axes] : this.axes;
    const [i, j] = [
      canonicalAxis(a, first.length, this.who, 'axes'),
      canonicalAxis(b, second.length, this.who, 'axes'),
    ];
    const [n, m] = [first[i] ?? null, second[j] ?? null];
    if (i === 0 || j === 0) {
      throw new ValueError(`[${this.who}] axes must not name the batch. Received: axes=${show(this.axes)}.`);
    }
    if (n !== null && m !== null && n !== m) {
      throw new ValueError(
        `[${this.who}] the axes to sum over must have one size. Received: ${n} and ${m}, of shapes ${showShape(first)} and ${showShape(second)} with axes=${show(this.axes)}.`,
      );
    }
    return [i, j];
  }

  protected override readArrays(given: TensorLike | Several<Tensor>): Tree<Tensor> {
    return readList(given);
  }

  override call(inputs: Tree<Value>): Value {
    const list = listOfInputs(inputs, this.who);
    const [i, j] = this.#axesFor(list.map(({ shape }) => shape));
    const [x, y] = list.map((value, at) => (this.normalize ? normalize(value, { axis: at === 0 ? i : j }) : value));
    if (x === undefined || y === undefined) throw new ValueError(`[${this.who}] expected exactly 2 inputs.`);
    const left = x.shape.flatMap((_, axis) => (axis === 0 || axis === i ? [] : [axis]));
    const right = y.shape.flatMap((_, axis) => (axis === 0 || axis === j ? [] : [axis]));
    const [batch, n] = [x.shape[0] ?? y.shape[0] ?? null, x.shape[i] ?? y.shape[j] ?? null];
    const rows = left.map((axis) => x.shape[axis] ?? null);
    const columns = right.map((axis) => y.shape[axis] ?? null);
    const product = matmul(
      reshape(transpose(x, { axes: [0, ...left, i] }), [batch, sizeIfKnown(rows), n]),
      reshape(transpose(y, { axes: [0, j, ...right] }), [batch, n, sizeIfKnown(columns)]),
    );
    const rest = [...rows, ...columns];
    return reshape(product, [batch, ...(rest.length === 0 ? [1] : rest)]);
  }

  override computeMask(): null {
    return null;
  }
}

const sizeIfKnown = (shape: Shape): number | null => (isKnown(shape) ? sizeOf(shape) : null);

function checkAxes(who: string, _option: string, axes: unknown): number | readonly [number, number] {
  const list: readonly unknown[] = Array.isArray(axes) ? axes : [axes, axes];
  const [first, second] = list;
  if (list.length !== 2 || !Number.isInteger(first) || !Number.isInteger(second)) {
    throw new TypeError(`[${who}] axes must be an integer or a list of two. Received: axes=${show(axes)}.`);
  }
  return Array.isArray(axes) ? [first as number, second as number] : (first as number);
}
