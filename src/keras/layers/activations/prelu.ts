import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import type { Constraint, ConstraintIdentifier } from '../../constraints/index.ts';
import type { Initializer, InitializerIdentifier } from '../../initializers/index.ts';
import { multiply, negative, relu, subtract } from '../../ops/index.ts';
import type { Regularizer, RegularizerIdentifier } from '../../regularizers/index.ts';
import { type Fields, field } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import { weightFields, weightParts } from '../base/weight-fields.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link PReLU}. */
export interface PReLUOptions extends LayerOptions {
  /** The initializer of the slopes. @default 'zeros' */
  alphaInitializer?: InitializerIdentifier | null | undefined;
  /** A penalty on the slopes. @default null */
  alphaRegularizer?: RegularizerIdentifier | null | undefined;
  /** A constraint on the slopes after each update. @default null */
  alphaConstraint?: ConstraintIdentifier | null | undefined;
  /** The axes, counted from 1 after the batch, along which all positions share a slope. @default null, none */
  sharedAxes?: number | readonly number[] | null | undefined;
}

/**
 * The rectified linear unit with trainable slopes.
 *
 * f(x) = x for x > 0; alpha · x otherwise
 *
 * Shapes: `[batch, …]` → the same; alpha has the shape of the input without the batch, with 1 for the shared axes.
 * @throws ValueError if a shared axis does not exist, or the size of another is not known.
 * @example
 * const layer = new PReLU({ alphaInitializer: 'ones', sharedAxes: [1, 2] });
 * layer.build([null, 8, 8, 3]);
 * layer.alpha.shape;    // [1, 1, 3]
 * @see https://keras.io/api/layers/activation_layers/prelu/
 */
export class PReLU extends Layer {
  static override readonly className: string = 'PReLU';
  static override readonly positional = [
    'alphaInitializer',
    'alphaRegularizer',
    'alphaConstraint',
    'sharedAxes',
  ] as const;
  static override readonly fields: Fields = {
    ...weightFields({ alpha: 'zeros' }),
    sharedAxes: field({ byDefault: null, read: checkSharedAxes }),
  };

  override supportsMasking = true;
  declare readonly alphaInitializer: Initializer;
  declare readonly alphaRegularizer: Regularizer | null;
  declare readonly alphaConstraint: Constraint | null;
  /** The axes, counted from 1 after the batch, along which all positions share a slope; null for none. */
  declare readonly sharedAxes: readonly number[] | null;
  #alpha: Variable | null = null;

  constructor(...args: Arguments<PReLUOptions, typeof PReLU.positional>);
  constructor(options?: PReLUOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  /** The slopes. @throws ValueError before the layer is built. */
  get alpha(): Variable {
    if (this.#alpha !== null) return this.#alpha;
    throw new ValueError(`[${this.who}] alpha is made by build: call the layer on an input or build([…]) first.`);
  }

  override build(inputShape: Shape): void {
    const { sharedAxes, who } = this;
    if (sharedAxes?.some((axis) => axis >= inputShape.length) === true) {
      throw new ValueError(
        `[${who}] sharedAxes must name axes of the input. Received: sharedAxes=${showShape(sharedAxes)}, inputShape=${showShape(inputShape)}.`,
      );
    }
    const shape = inputShape.map((size, axis) => (sharedAxes?.includes(axis) === true ? 1 : size));
    this.#alpha = this.addWeight({ name: 'alpha', shape: shape.slice(1), ...weightParts(this, 'alpha') });
    const sizes = inputShape.flatMap((size, axis) =>
      axis === 0 || size === null || sharedAxes?.includes(axis) === true ? [] : [[axis, size] as const],
    );
    this.inputSpec = { ndim: inputShape.length, axes: Object.fromEntries(sizes) };
  }

  get isActivation(): boolean {
    return true;
  }

  override get channelBehavior(): ChannelBehavior {
    return 'positively-homogeneous';
  }

  override call(inputs: Value, context: CallContext): Value {
    return subtract(relu(inputs), multiply(context.read(this.alpha), relu(negative(inputs))));
  }
}

function checkSharedAxes(who: string, option: string, value: unknown): readonly number[] | null {
  if (value === null) return null;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.every((axis) => typeof axis === 'number' && Number.isInteger(axis) && axis > 0))
    return [...list] as number[];
  throw new ValueError(
    `[${who}] ${option} must be positive integers: axes are counted from 1 after the batch. Received: ${option}=${show(value)}.`,
  );
}
