import type { Tensor, TensorLike } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { broadcastTo, concatenate, any } from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import type { Several } from '../base/apply-options.ts';
import type { InputShape } from '../base/input-shape.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { axis } from '../base/option-fields.ts';
import { listOfInputs, masksInTrace, readList, shapesOfList, spreadMask } from './merged-inputs.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Concatenate}. */
export interface ConcatenateOptions extends LayerOptions {
  /** The axis along which the inputs are concatenated. @default -1 */
  axis?: number | undefined;
}

/**
 * Concatenates the inputs along an axis.
 *
 * Shapes: a list of inputs that differ in the size of the axis only → the sizes of the axis added up. If an input
 * has a mask, so has the output; inputs without one count in full.
 * @throws ValueError if the input is not a list, or the shapes do not fit.
 * @example
 * await new Concatenate().apply([tensor([[1, 2]]), tensor([[3]])]);    // [[1, 2, 3]]
 * @see https://keras.io/api/layers/merging_layers/concatenate/
 */
export class Concatenate extends Layer {
  static override readonly className: string = 'Concatenate';
  static override readonly positional = ['axis'] as const;
  static override readonly fields: Fields = { axis: axis(-1) };

  override supportsMasking = true;
  /** The axis along which the inputs are concatenated. */
  declare readonly axis: number;

  constructor(...args: Arguments<ConcatenateOptions, typeof Concatenate.positional>);
  constructor(options?: ConcatenateOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override build(inputShape: InputShape): void {
    shapesOfList(inputShape, this.who);
  }

  protected override readArrays(given: TensorLike | Several<Tensor>): Tree<Tensor> {
    return readList(given);
  }

  override call(inputs: Tree<Value>): Value {
    return concatenate(listOfInputs(inputs, this.who), { axis: this.axis });
  }

  override computeMask(inputs: Tree<Value>, mask: Value | null): Value | null {
    const list = listOfInputs(inputs, this.who);
    const masks = masksInTrace(list, mask);
    if (masks.every((entry) => entry === null)) return null;
    const spread = list.map(({ rank, shape }, i) => {
      const own = masks[i] ?? null;
      return broadcastTo(own === null ? constant(1, 'bool') : spreadMask(own, rank), shape);
    });
    return any(concatenate(spread, { axis: this.axis }), { axis: -1 });
  }
}
