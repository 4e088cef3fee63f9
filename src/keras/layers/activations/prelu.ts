import {
  type Constraint,
  type ConstraintIdentifier,
  get as getConstraint,
  serialize as serializeConstraint,
} from '../../constraints/index.ts';
import type { Config } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import {
  type Initializer,
  type InitializerIdentifier,
  get as getInitializer,
  serialize as serializeInitializer,
} from '../../initializers/index.ts';
import { multiply, negative, relu, subtract } from '../../ops/elementwise.ts';
import {
  type Regularizer,
  type RegularizerIdentifier,
  get as getRegularizer,
  serialize as serializeRegularizer,
} from '../../regularizers/index.ts';
import { json } from '../base/arguments.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** Options of {@link PReLU}. */
export interface PReLUOptions extends LayerOptions {
  /** What gives the slopes their first values. @default 'zeros' */
  alphaInitializer?: InitializerIdentifier | null | undefined;
  /** A penalty on the slopes. @default null */
  alphaRegularizer?: RegularizerIdentifier | null | undefined;
  /** What the slopes must satisfy after each update. @default null */
  alphaConstraint?: ConstraintIdentifier | null | undefined;
  /** The axes, counted from 1 behind the batch, along which one slope serves all. @default null, none */
  sharedAxes?: number | readonly number[] | null | undefined;
}

/**
 * The rectified linear unit with slopes that are trained.
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

  readonly alphaInitializer: Initializer;
  readonly alphaRegularizer: Regularizer | null;
  readonly alphaConstraint: Constraint | null;
  /** The axes, counted from 1 behind the batch, along which one slope serves all; null for none. */
  readonly sharedAxes: readonly number[] | null;
  #alpha: Variable | null = null;

  constructor(options: PReLUOptions = {}) {
    super(options, ['alphaInitializer', 'alphaRegularizer', 'alphaConstraint', 'sharedAxes']);
    const { who } = this;
    this.alphaInitializer = getInitializer(options.alphaInitializer ?? 'zeros', who);
    this.alphaRegularizer = getRegularizer(options.alphaRegularizer, who);
    this.alphaConstraint = getConstraint(options.alphaConstraint, who);
    this.sharedAxes = checkSharedAxes(options.sharedAxes ?? null, who);
    this.supportsMasking = true;
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
    this.#alpha = this.addWeight({
      name: 'alpha',
      shape: shape.slice(1),
      initializer: this.alphaInitializer,
      regularizer: this.alphaRegularizer,
      constraint: this.alphaConstraint,
    });
    const sizes = inputShape.flatMap((size, axis) =>
      axis === 0 || size === null || sharedAxes?.includes(axis) === true ? [] : [[axis, size] as const],
    );
    this.inputSpec = { rank: inputShape.length, axes: Object.fromEntries(sizes) };
  }

  override call(inputs: Value, context: CallContext): Value {
    return subtract(relu(inputs), multiply(context.read(this.alpha), relu(negative(inputs))));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      alpha_initializer: json(serializeInitializer(this.alphaInitializer)),
      alpha_regularizer: json(serializeRegularizer(this.alphaRegularizer)),
      alpha_constraint: json(serializeConstraint(this.alphaConstraint)),
      shared_axes: this.sharedAxes,
    };
  }
}

function checkSharedAxes(value: unknown, who: string): readonly number[] | null {
  if (value === null) return null;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.every((axis) => typeof axis === 'number' && Number.isInteger(axis) && axis > 0))
    return [...list] as number[];
  throw new ValueError(
    `[${who}] sharedAxes must be positive integers: axes are counted from 1 behind the batch. Received: sharedAxes=${show(value)}.`,
  );
}
