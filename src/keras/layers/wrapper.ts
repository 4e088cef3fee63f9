import { type Arguments, takeArguments } from '../saving/arguments.ts';
import type { Fields } from '../saving/fields.ts';
import type { InputShape } from './base/input-shape.ts';
import { Layer, type LayerOptions } from './base/layer.ts';
import { nestedLayer } from './base/nested-layer.ts';
import { layerClasses } from './serialization.ts';

/** Options of {@link Wrapper}. */
export type WrapperOptions = LayerOptions;

/** The options that can be given by position. */
const ORDER = ['layer'] as const;

/**
 * The base of the user's layers that take another layer and extend it: the config contains it, and building builds it.
 * Subclasses define `call`.
 *
 * @throws TypeError if the layer is not one.
 * @example
 * class Twice extends layers.Wrapper {
 *   static className = 'Twice';
 *   call(inputs, { trace, training, mask }) {
 *     const once = this.layer.applyIn(trace, inputs, training, mask);
 *     return this.layer.applyIn(trace, once, training, mask);
 *   }
 * }
 * const layer = new Twice(new layers.Dense(4));
 * layer.apply(Input({ shape: [4] })).shape;    // [null, 4]
 * layer.countParams();                         // 20
 * @see https://github.com/keras-team/keras/blob/master/keras/src/layers/core/wrapper.py
 */
export abstract class Wrapper extends Layer {
  static override readonly className: string = 'Wrapper';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = { layer: nestedLayer(layerClasses) };

  /** The wrapped layer. */
  declare readonly layer: Layer;

  constructor(...args: Arguments<WrapperOptions & { layer: Layer }, typeof ORDER>);
  constructor(layer: Layer, options?: WrapperOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override build(inputShape: InputShape): void {
    this.layer.ensureBuilt(inputShape);
  }
}
