import type { Value } from '../../../compiler/ir/value.ts';
import { elu } from '../../activations/index.ts';
import { type Fields, number } from '../../saving/fields.ts';
import { layerFields, name } from '../base/layer-fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link ELU}. */
export interface ELULayerOptions extends LayerOptions {
  /** The limit of −f(x) for x → −∞. @default 1 */
  alpha?: number | undefined;
}

/**
 * The exponential linear unit as a layer.
 *
 * f(x) = x for x > 0; alpha · (eˣ − 1) otherwise
 *
 * Shapes: any → the same.
 * @example
 * await new ELU().apply([-1, 0, 2]);    // [-0.632121, 0, 2]
 * @see https://arxiv.org/abs/1511.07289
 */
export class ELU extends Layer {
  static override readonly className: string = 'ELU';
  static override readonly positional = ['alpha'] as const;
  // Keras collects the config of this layer from its arguments, the class's own before those of every layer.
  static override readonly fields: Fields = { name, alpha: number(1), ...layerFields };

  override supportsMasking = true;
  override built = true;
  /** The limit of −f(x) for x → −∞. */
  declare readonly alpha: number;

  constructor(...args: Arguments<ELULayerOptions, typeof ELU.positional>);
  constructor(options?: ELULayerOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  get isActivation(): boolean {
    return true;
  }

  override call(inputs: Value): Value {
    return elu(inputs, { alpha: this.alpha });
  }
}
