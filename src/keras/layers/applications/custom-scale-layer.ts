import { ValueError } from '../../../core/errors.ts';
import { type Shape, broadcastShapes } from '../../../core/shape.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { add, multiply } from '../../ops/index.ts';
import { type Fields, number } from '../../saving/fields.ts';
import { type InputShape, showInputShape } from '../base/input-shape.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { listOfInputs, shapesOfList } from '../merging/merged-inputs.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/**
 * A residual connection whose branch is scaled down (Szegedy et al., 2016). Keras defines it inside its InceptionResNetV2,
 * not among its layers, and files of that network contain it.
 *
 *     y = x₁ + scale · x₂
 *
 * Shapes: two inputs that broadcast → the shape that they broadcast to.
 *
 * @throws TypeError if `scale` is not a number; ValueError if there are not two inputs, or they do not broadcast.
 * @see https://keras.io/api/applications/inceptionresnetv2/
 * @see https://arxiv.org/abs/1602.07261
 */
export class CustomScaleLayer extends Layer {
  static override readonly className: string = 'CustomScaleLayer';
  static override readonly positional = ['scale'] as const;
  static override readonly fields: Fields = { scale: number() };
  static readonly kerasModule: string = 'keras.src.applications.inception_resnet_v2';

  /** The factor of the second input. */
  declare readonly scale: number;

  constructor(...args: Arguments<LayerOptions & { scale: number }, typeof CustomScaleLayer.positional>);
  constructor(scale: number, options?: LayerOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override build(inputShape: InputShape): void {
    this.#check(shapesOfList(inputShape, this.who));
  }

  #check(shapes: readonly Shape[]): void {
    const [first = [], second = []] = shapes;
    if (shapes.length === 2 && broadcastShapes(first, second) !== null) return;
    throw new ValueError(
      `[${this.who}] expected two inputs whose shapes broadcast. Received: shapes ${showInputShape(shapes)}.`,
    );
  }

  override call(inputs: Tree<Value>): Value {
    const list = listOfInputs(inputs, this.who);
    this.#check(list.map(({ shape }) => shape));
    const [first, second] = list as readonly [Value, Value];
    return add(first, multiply(second, this.scale));
  }
}
