import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import { checkNumber } from '../../../core/checks.ts';
import { optionsOf } from '../../saving/registry.ts';
import { type Shape, broadcastShapes } from '../../../core/shape.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { add, multiply } from '../../ops/elementwise.ts';
import { type InputShape, showInputShape } from '../base/input-shape.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { listOfInputs, shapesOfList } from '../merging/merged-inputs.ts';

/**
 * A residual connection whose branch is scaled down (Szegedy et al., 2016). Keras has it inside of its InceptionResNetV2,
 * not among its layers; files of that network name it.
 *
 *     y = x₁ + scale · x₂
 *
 * Shapes: two inputs that broadcast → what they broadcast to.
 *
 * @throws TypeError if `scale` is no number; ValueError if there are not two inputs, or they do not broadcast.
 * @see https://keras.io/api/applications/inceptionresnetv2/
 * @see https://arxiv.org/abs/1602.07261
 */
export class CustomScaleLayer extends Layer {
  static override readonly className: string = 'CustomScaleLayer';
  static readonly kerasModule: string = 'keras.src.applications.inception_resnet_v2';

  /** What the second input is multiplied by. */
  readonly scale: number;

  constructor(scale: number, options: LayerOptions = {}) {
    super(options, []);
    this.scale = checkNumber(this.who, 'scale', scale);
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

  override getConfig(): Config {
    return { ...super.getConfig(), scale: this.scale };
  }

  static override fromConfig(config: Config): CustomScaleLayer {
    const { scale, ...options } = optionsOf(config);
    return new this(scale as number, options);
  }
}
