import { type Config, isRecord } from '../../../core/config.ts';
import { NotImplementedError, ValueError, show } from '../../../core/errors.ts';
import { getRegisteredName } from '../../saving/object-registration.ts';
import { functionName, serializeFunction } from '../../saving/registry.ts';
import { type Shape, checkShape, compatible, showShape } from '../../../core/shape.ts';
import type { Tree } from '../../../core/tree.ts';
import { Value } from '../../../compiler/graph/value.ts';
import type { CallContext } from '../base/call-context.ts';
import { type InputShape, firstShape } from '../base/input-shape.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

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
 * A function as a layer. It has no weights. A config holds no code, so the function of a layer that is to be saved must be
 * registered (`registerKerasSerializable`); or the layer is a class of its own.
 *
 * Shapes: any → what the function gives.
 * @throws TypeError if it is given no function; NotImplementedError by `getConfig` and `fromConfig`
 * where the function is not known by a name.
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
    if (getRegisteredName(this.#function) === null || this.#mask !== null || typeof this.#outputShape === 'function') {
      throw new NotImplementedError(
        `[${this.who}] a config cannot hold the code of a function. Received: a Lambda layer. Write a class with a call of its own, and pass it in customObjects to read it back; or register the function: registerKerasSerializable('mine')(fn).`,
      );
    }
    return {
      ...super.getConfig(),
      function: { ...serializeFunction(this.#function, this.who) },
      ...(this.#outputShape === null ? {} : { output_shape: this.#outputShape }),
      mask: null,
      arguments: this.#arguments as Config,
    };
  }

  /**
   * Makes a layer from what `getConfig` gave, here or in Keras, with the user's function in the place of its name or code.
   * @throws NotImplementedError if the function is not there: code in a config is never run.
   */
  static override fromConfig(config: Config): Lambda {
    const {
      function: fn,
      output_shape: outputShape,
      mask,
      arguments: given,
      name = 'lambda',
      trainable,
      dtype,
    } = config;
    const isShape = Array.isArray(outputShape) && !outputShape.some(Array.isArray);
    if (typeof fn === 'function' && (mask ?? null) === null) {
      return new this(fn, {
        ...(typeof name === 'string' ? { name } : {}),
        ...(typeof trainable === 'boolean' ? { trainable } : {}),
        dtype: (dtype ?? null) as never,
        outputShape: isShape ? (outputShape as Shape) : null,
        arguments: isRecord(given) ? given : {},
      });
    }
    const who = typeof name === 'string' ? name : 'lambda';
    const known = functionName(fn);
    const what =
      (mask ?? null) !== null
        ? 'a mask that is a function'
        : known === null
          ? 'Python code'
          : `the name ${show(known)}`;
    throw new NotImplementedError(
      `[Lambda ${who}] a config cannot hold the code of a function, and what Python code it has is never run. Received: ${what}. Pass the function in customObjects under the name of the layer, { ${JSON.stringify(who)}: (x) => … }, or register it: registerKerasSerializable(package)(fn). A class of your own can take the place of all: { Lambda: MyLayer }.`,
    );
  }
}
