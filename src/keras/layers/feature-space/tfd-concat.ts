import { type Tree, flatten } from '../../../core/tree.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import { concatenate } from '../../ops/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Fields, integer } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/**
 * Concatenates the encoded features of a FeatureSpace along an axis. Keras defines it beside FeatureSpace, not among its
 * layers, and files of models with encoded features contain it.
 *
 * Shapes: a list of arrays that differ in the size of the axis only → the sizes of the axis added up.
 *
 * @throws TypeError if `axis` is not an integer.
 * @see https://keras.io/api/utils/feature_space/
 */
export class TFDConcat extends Layer {
  static override readonly className: string = 'TFDConcat';
  static override readonly positional = ['axis'] as const;
  static override readonly fields: Fields = { axis: integer() };
  static readonly kerasModule: string = 'keras.src.layers.preprocessing.feature_space';

  override built = true;
  /** The axis along which the features are concatenated. */
  declare readonly axis: number;

  constructor(...args: Arguments<LayerOptions & { axis: number }, typeof TFDConcat.positional>);
  constructor(axis: number, options?: LayerOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call(inputs: Tree<Value>): Value {
    return concatenate(flatten(inputs, isValue), { axis: this.axis });
  }
}
