import { ValueError } from '../../../core/errors.ts';
import { type Shape, broadcastShapes, compatible } from '../../../core/shape.ts';
import type { Tensor, TensorLike } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { reshape } from '../../ops/index.ts';
import type { Several } from '../base/apply-options.ts';
import type { CallContext } from '../base/call-context.ts';
import { type InputShape, showInputShape } from '../base/input-shape.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { joinMasks, listOfInputs, masksInTrace, masksOf, readList, shapesOfList } from './merged-inputs.ts';

/** Options of the layers that merge their inputs element by element. */
export type MergeOptions = LayerOptions;

/** The base of layers that merge a list of inputs element by element. */
export abstract class BaseMerge extends Layer {
  override supportsMasking = true;
  /** The required number of inputs; null for one or more. */
  protected readonly inputCount: number | null = null;

  constructor(options: MergeOptions = {}) {
    super(options);
  }

  override build(inputShape: InputShape): void {
    this.#check(shapesOfList(inputShape, this.who));
  }

  /** Checks that batch sizes are equal and that the other axes broadcast, aligned at the last one. */
  #check(shapes: readonly Shape[]): void {
    const { inputCount } = this;
    if (inputCount !== null && shapes.length !== inputCount) {
      throw new ValueError(
        `[${this.who}] expected exactly ${inputCount} inputs. Received: ${shapes.length}, of shapes ${showInputShape(shapes)}.`,
      );
    }
    let rest: Shape | null = [];
    for (const shape of shapes) rest = rest === null ? null : broadcastShapes(rest, shape.slice(1));
    const [first = []] = shapes;
    const batches = shapes.every((shape) => compatible(shape.slice(0, 1), first.slice(0, 1)));
    if (rest === null || !batches) {
      throw new ValueError(
        `[${this.who}] the inputs must have one batch size and shapes that broadcast. Received: shapes ${showInputShape(shapes)}.`,
      );
    }
  }

  /** Merges inputs of one rank, given the mask of each. */
  protected abstract merge(inputs: readonly Value[], masks: readonly (Value | null)[], context: CallContext): Value;

  protected override readArrays(given: TensorLike | Several<Tensor>): Tree<Tensor> {
    return readList(given);
  }

  override call(inputs: Tree<Value>, context: CallContext): Value {
    const list = listOfInputs(inputs, this.who);
    this.#check(list.map(({ shape }) => shape));
    const rank = Math.max(...list.map((value) => value.rank));
    const aligned = list.map((value) => {
      const ones = new Array<number>(rank - value.rank).fill(1);
      return reshape(value, value.shape.toSpliced(1, 0, ...ones));
    });
    return this.merge(aligned, masksOf(context.trace, list, context.mask), context);
  }

  /** The union of the inputs' masks, if each of them has one. */
  override computeMask(inputs: Tree<Value>, mask: Value | null): Value | null {
    return joinMasks(masksInTrace(listOfInputs(inputs, this.who), mask));
  }
}

/** Separates the first input from the rest. @throws ValueError if there is none. */
export function firstAndRest(inputs: readonly Value[]): readonly [Value, readonly Value[]] {
  const [first, ...rest] = inputs;
  if (first === undefined) throw new ValueError('[merge] there must be at least one input. Received: none.');
  return [first, rest];
}
