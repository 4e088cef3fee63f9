import type { Config } from '../../core/config.ts';
import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { type Shape, checkShape, compatible, showShape } from '../../core/shape.ts';
import type { Tree } from '../../core/tree.ts';
import { Value } from '../../graph/value.ts';
import type { CallContext } from '../call-context.ts';
import { type InputShape, firstShape } from '../input-shape.ts';
import { Layer, type LayerOptions } from '../layer.ts';

/** What the function of a {@link Lambda} is told besides the inputs: its arguments, and these two. */
export interface LambdaContext {
  /** Whether the layer is called to train. */
  readonly training: boolean;
  /** Which entries of the input count; null if all do. */
  readonly mask: Value | null;
  /** What the option `arguments` holds. */
  readonly [argument: string]: unknown;
}

/** A function of values, written with ops; several inputs come in an array or a record. */
export type LambdaFunction = (inputs: never, context: LambdaContext) => Value;

/** Options of {@link Lambda}. */
export interface LambdaOptions extends LayerOptions {
  /** The shape of the output without the batch, or a function from the shape of the input: checked. @default what the function gives */
  outputShape?: Shape | ((inputShape: InputShape) => Shape) | null | undefined;
  /** The mask of the output, or a function from the inputs and their mask. @default null, none */
  mask?: Value | ((inputs: never, mask: Value | null) => Value | null) | null | undefined;
  /** What the function is told besides the inputs. @default {} */
  arguments?: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * A function as a layer. It has no weights, and cannot be written to a config, which holds no code: a layer that is to
 * be saved is a class of its own.
 *
 * Shapes: any → what the function gives.
 * @throws TypeError if it is given no function; NotImplementedError by `getConfig` and `fromConfig`.
 * @example
 * await new Lambda((x) => ops.square(x)).apply([1, 2, 3]);    // [1, 4, 9]
 * const power = new Lambda((x, { exponent }) => ops.power(x, exponent), { arguments: { exponent: 3 } });
 * await power.apply([1, 2]);    // [1, 8]
 * @see https://keras.io/api/layers/core_layers/lambda/
 */
export class Lambda extends Layer {
  static override readonly className: string = 'Lambda';

  readonly #function: (inputs: Tree<Value>, context: LambdaContext) => Value;
  readonly #outputShape: Shape | ((inputShape: InputShape) => Shape) | null;
  readonly #mask: Value | ((inputs: Tree<Value>, mask: Value | null) => Value | null) | null;
  readonly #arguments: Readonly<Record<string, unknown>>;

  constructor(fn: LambdaFunction, options: LambdaOptions = {}) {
    super(options, ['outputShape', 'mask', 'arguments']);
    const given: unknown = fn;
    if (typeof given !== 'function') {
      throw new TypeError(`[${this.who}] function must be a function of values. Received: function=${show(given)}.`);
    }
    const { outputShape = null, mask = null } = options;
    this.#function = fn as (inputs: Tree<Value>, context: LambdaContext) => Value;
    this.#outputShape =
      outputShape === null || typeof outputShape === 'function'
        ? outputShape
        : [...checkShape(outputShape, this.who, 'outputShape')];
    this.#mask = mask as Value | ((inputs: Tree<Value>, mask: Value | null) => Value | null) | null;
    this.#arguments = { ...options.arguments };
    this.supportsMasking = mask !== null;
    this.built = true;
  }

  override call(inputs: Tree<Value>, context: CallContext): Value {
    const { training, mask } = context;
    const output: unknown = this.#function(inputs, { ...this.#arguments, training, mask });
    if (!(output instanceof Value)) {
      throw new TypeError(`[${this.who}] the function must give a value, made with ops. Received: ${show(output)}.`);
    }
    if (Array.isArray(this.#outputShape)) {
      const expected: Shape = [output.shape[0] ?? null, ...(this.#outputShape as Shape)];
      if (!compatible(output.shape, expected)) {
        throw new ValueError(
          `[${this.who}] the function must give the shape that outputShape says, ${showShape(expected)}. Received: ${showShape(output.shape)}.`,
        );
      }
    }
    return output;
  }

  override computeMask(inputs: Tree<Value>, mask: Value | null): Value | null {
    return typeof this.#mask === 'function' ? this.#mask(inputs, mask) : this.#mask;
  }

  override computeOutputShape(inputShape: InputShape): Shape {
    const given = this.#outputShape;
    if (typeof given === 'function') return given(inputShape);
    return given === null ? super.computeOutputShape(inputShape) : [firstShape(inputShape)?.[0] ?? null, ...given];
  }

  override getConfig(): Config {
    throw new NotImplementedError(
      `[${this.who}] a config cannot hold the code of a function. Received: a Lambda layer. Write a class with a call of its own, and pass it in customObjects to read it back.`,
    );
  }

  static override fromConfig(_config: Config): Lambda {
    throw new NotImplementedError(
      '[Lambda] a config cannot hold the code of a function. Received: the config of a Lambda layer. Write a class with a call of its own, and pass it in customObjects under the name "Lambda".',
    );
  }
}
