import type { Value } from '../../../compiler/ir/value.ts';
import type { Shape } from '../../../core/shape.ts';
import { type Tree, flatten } from '../../../core/tree.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Fields, constant, under } from '../../saving/fields.ts';
import * as activations from '../activations/index.ts';
import type { CallContext } from '../base/call-context.ts';
import { type InputShape, isShape } from '../base/input-shape.ts';
import { dtype, name, unwritten } from '../base/layer-fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { nestedLayers } from '../base/nested-layer.ts';
import { classesIn } from '../base/serialization.ts';
import type { KerasCall } from '../base/traits.ts';
import * as core from '../core/index.ts';
import * as normalization from '../normalization/index.ts';
import * as regularization from '../regularization/index.ts';
import * as reshaping from '../reshaping/index.ts';
import { CategoryEncoding } from './category-encoding.ts';
import { Discretization } from './discretization.ts';
import * as images from './image-preprocessing/index.ts';
import { Normalization } from './normalization.ts';
import { Rescaling } from './rescaling.ts';

/** Options of {@link Pipeline}. Its config contains the name only. */
export type PipelineOptions = LayerOptions;

const classes = {
  ...classesIn(activations, core, normalization, regularization, reshaping, images),
  ...{ CategoryEncoding, Discretization, Normalization, Rescaling },
};

/**
 * Layers in sequence as one layer, such as those that augment images. As in Keras, `training` is true unless the call or the
 * model says otherwise.
 *
 * Shapes: those of the first layer's input → those of the last layer's output.
 * @throws TypeError if the list is empty, or an entry is not a layer.
 * @example
 * const pipeline = new Pipeline([new Rescaling(0.5), new CenterCrop(1, 1)]);
 * await pipeline.apply([[[2], [4]]]);    // [[[1]]]
 * pipeline.layers.length;                // 2
 * @see https://keras.io/api/layers/preprocessing_layers/
 */
export class Pipeline extends Layer {
  static override readonly className: string = 'Pipeline';
  static override readonly positional = ['layers'] as const;
  static override readonly kerasCall: KerasCall = { training: true, mask: true };
  static override readonly fields: Fields = {
    layers: nestedLayers(classes),
    name,
    dtype: under(null, dtype),
    ...unwritten,
    // The layers cast for themselves.
    autocast: constant(false),
  };

  /** The layers, in order. */
  declare readonly layers: readonly Layer[];

  constructor(...args: Arguments<PipelineOptions & { layers: readonly Layer[] }, typeof Pipeline.positional>);
  constructor(layers: readonly Layer[], options?: PipelineOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override build(inputShape: InputShape): void {
    // The layers of several inputs are built by the first call.
    if (!isShape(inputShape)) return;
    let shape: Shape = inputShape;
    for (const layer of this.layers) {
      layer.ensureBuilt(shape);
      shape = layer.computeOutputShape(shape);
    }
  }

  override call(inputs: Tree<Value>, { trace, training, mask }: CallContext): Tree<Value> {
    let x = inputs;
    for (const [i, layer] of this.layers.entries()) x = layer.applyIn(trace, x, training, i === 0 ? mask : null);
    return x;
  }

  override computeOutputShape(inputShape: InputShape): Shape {
    const first = flatten<Shape>(inputShape, isShape);
    return this.layers.reduce<Shape>((shape, layer) => layer.computeOutputShape(shape), first[0] ?? []);
  }
}
