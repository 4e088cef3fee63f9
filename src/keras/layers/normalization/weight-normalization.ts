import { ValueError } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { Update } from '../../../compiler/graph/graph.ts';
import { Trace } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { DeferredTensor, Variable } from '../../../compiler/ir/variable.ts';
import { Initializer } from '../../initializers/index.ts';
import * as ops from '../../ops/index.ts';
import { overNorm } from '../../ops/nn/scaled-norm.ts';
import type { CallContext } from '../base/call-context.ts';
import type { Layer, LayerOptions } from '../base/layer.ts';
import { WeightWrapper } from './weight-wrapper.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link WeightNormalization}. */
export type WeightNormalizationOptions = LayerOptions;

/** The minimum of a direction's norm. */
const EPSILON = 1e-12;

/**
 * Weight normalization (Salimans & Kingma, 2016): wraps a layer, and learns the length and the direction of each output's
 * weights apart.
 *
 *     kernel = g · v / ‖v‖           norm over all axes but the last
 *
 * v is the wrapped layer's own kernel, so its initializer, regularizer and constraint are v's; g starts as ‖v‖, so that
 * wrapping changes nothing at first. Keras 3 has no class of this name; tensorflow-addons had. A mask passes through
 * where the wrapped layer passes it.
 *
 * Shapes: those of the wrapped layer; v that of its kernel (or embeddings), g `[outputs]`, the kernel's last size.
 *
 * @throws TypeError if the wrapped object is not a layer; ValueError if it has neither a kernel nor embeddings.
 * @example
 * const layer = new WeightNormalization(new Dense(2));
 * await layer.apply([[1, 2, 3]]);
 * layer.weights.map(({ name }) => name);    // ['kernel', 'g', 'bias']
 * @see https://arxiv.org/abs/1602.07868
 */
export class WeightNormalization extends WeightWrapper {
  static override readonly className: string = 'WeightNormalization';
  static override readonly positional = ['layer'] as const;

  /** The lengths; null before `build`. */
  g: Variable | null = null;

  constructor(...args: Arguments<WeightNormalizationOptions & { layer: Layer }, typeof WeightNormalization.positional>);
  constructor(layer: Layer, options?: WeightNormalizationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  /** The directions: the kernel of the wrapped layer. @throws ValueError before the layer is built. */
  get v(): Variable {
    return this.kernel;
  }

  /** Builds the wrapped layer, and makes the length of each unit's weights. */
  override build(inputShape: Shape): void {
    super.build(inputShape);
    const { initialValue, shape, dtype } = this.v;
    this.g = this.addWeight({ name: 'g', shape: shape.slice(-1), initializer: new NormsOf(initialValue), dtype });
  }

  override call(inputs: Value, context: CallContext): Value {
    const v = context.read(this.v);
    const axes = v.shape.slice(0, -1).map((_, axis) => axis);
    // What v is multiplied by is small: the kernel is rounded once.
    const { scaled, inverse } = overNorm(v, axes, EPSILON);
    const lengths = this.g === null ? inverse : ops.multiply(inverse, context.read(this.g));
    const kernel = ops.multiply(scaled, lengths);
    const inner = new TraceWithKernel(context.trace, this.v, kernel, this.who);
    return this.callInner(inputs, context, inner, kernel);
  }
}

/** Initializes g with the norms of v. They are computed when g is first read, unless a file has its values. */
class NormsOf extends Initializer {
  readonly #directions: Tensor | DeferredTensor;

  constructor(directions: Tensor | DeferredTensor) {
    super();
    this.#directions = directions;
  }

  override call(): Tensor {
    return columnNorms(this.#directions instanceof Tensor ? this.#directions : this.#directions.compute());
  }
}

/** ‖v‖ over all axes but the last. */
function columnNorms({ data, shape, dtype }: Tensor): Tensor {
  const columns = shape.at(-1) ?? 1;
  const squares = new Float64Array(columns);
  for (const [i, entry] of data.entries()) squares[i % columns] = (squares[i % columns] ?? 0) + entry * entry;
  return new Tensor(dtype === 'float64' ? squares.map(Math.sqrt) : Float32Array.from(squares, Math.sqrt), [columns]);
}

/** A trace in which one variable reads as another value; everything else is that of the trace around it. */
class TraceWithKernel extends Trace {
  readonly #outer: Trace;
  readonly #variable: Variable;
  readonly #value: Value;
  readonly #who: string;

  constructor(outer: Trace, variable: Variable, value: Value, who: string) {
    super();
    this.#outer = outer;
    this.#variable = variable;
    this.#value = value;
    this.#who = who;
    this.training = outer.training;
  }

  override read(variable: Variable): Value {
    return variable === this.#variable ? this.#value : this.#outer.read(variable);
  }

  override update(variable: Variable, value: Value): void {
    if (variable === this.#variable) {
      throw new ValueError(
        `[${this.#who}] the wrapped layer updates its kernel, which is computed from g and v. Wrap a layer that does not.`,
      );
    }
    this.#outer.update(variable, value);
  }

  override get updates(): readonly Update[] {
    return this.#outer.updates;
  }

  override addLoss(value: Value): void {
    this.#outer.addLoss(value);
  }

  override get losses(): readonly Value[] {
    return this.#outer.losses;
  }

  override setMask(value: Value, mask: Value): void {
    this.#outer.setMask(value, mask);
  }

  override maskOf(value: Value): Value | null {
    return this.#outer.maskOf(value);
  }

  override adopt(input: Value): void {
    this.#outer.adopt(input);
  }
}
