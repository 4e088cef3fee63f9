import { Value } from '../../../compiler/ir/value.ts';
import { type Config, isRecord } from '../../../core/config.ts';
import { NotImplementedError, show } from '../../../core/errors.ts';
import { type Shape, checkShape } from '../../../core/shape.ts';
import type { Tree } from '../../../core/tree.ts';
import { type Fields, field } from '../../saving/fields.ts';
import { getRegisteredName } from '../../saving/object-registration.ts';
import { type ReadContext, defaultContext } from '../../saving/read-context.ts';
import { findCustom, functionName, serializeFunction } from '../../saving/registry.ts';
import { isOp } from '../../ops/base/op.ts';
import type { CallContext } from '../base/call-context.ts';
import { type InputShape, firstShape } from '../base/input-shape.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** The second argument of a {@link Lambda}'s function: the option `arguments`, the mode and the mask. */
export interface LambdaContext {
  /** Whether the call is part of training. */
  readonly training: boolean;
  /** The mask of the input; null for none. */
  readonly mask: Value | null;
  /** An entry of the option `arguments`. */
  readonly [argument: string]: unknown;
}

/** A function of values, written with ops; several inputs come in an array or a record. */
export type LambdaFunction = (inputs: never, context: LambdaContext) => Value;

/** Options of {@link Lambda}. */
export interface LambdaOptions extends LayerOptions {
  /**
   * The shape of the output without the batch, or a function from the shape of the input, which `computeOutputShape` returns.
   * Models derive shapes from the function.
   * @default derived from the function
   */
  outputShape?: Shape | ((inputShape: InputShape) => Shape) | null | undefined;
  /** The mask of the output, or a function from the inputs and their mask. @default null, none */
  mask?: Value | ((inputs: never, mask: Value | null) => Value | null) | null | undefined;
  /** Further arguments of the function. @default {} */
  arguments?: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * A function as a layer. It has no weights. A config holds no code: before saving, register the function with
 * `registerKerasSerializable`, or write a class of layers instead.
 *
 * Shapes: any → the shape of the function's result.
 * @throws TypeError if the argument is not a function; NotImplementedError from `getConfig` and `fromConfig`
 * if the function has not been registered.
 * @example
 * await new Lambda((x) => ops.square(x)).apply([1, 2, 3]);    // [1, 4, 9]
 * const power = new Lambda((x, { exponent }) => ops.power(x, exponent), { arguments: { exponent: 3 } });
 * await power.apply([1, 2]);    // [1, 8]
 * await new Lambda(ops.sum, { arguments: { axis: -1 } }).apply([[1, 2], [3, 4]]);    // [3, 7]
 * @see https://keras.io/api/layers/core_layers/lambda/
 */
export class Lambda extends Layer {
  static override readonly className: string = 'Lambda';
  static override readonly positional = ['function', 'outputShape', 'mask', 'arguments'] as const;

  static override readonly fields: Fields = {
    function: field({
      read: (who, option, given) => {
        if (typeof given === 'function') return given;
        throw new TypeError(`[${who}] ${option} must be a function of values. Received: ${option}=${show(given)}.`);
      },
      write: (fn, who): Config => ({ ...serializeFunction(fn, who) }),
    }),
    outputShape: field({
      byDefault: null,
      read: (who, option, given) =>
        given === null || typeof given === 'function' ? given : [...checkShape(given, who, option)],
      write: (shape) => (shape as Shape | null) ?? undefined,
    }),
    mask: field({ byDefault: null, read: (_who, _option, given) => given, write: () => null }),
    arguments: field({ byDefault: {}, read: (_who, _option, given) => ({ ...(given as Config) }) }),
  };

  override built = true;
  /** The function. */
  declare readonly function: (inputs: Tree<Value>, context: LambdaContext) => Value;
  /** The shape of the output without the batch, or a function from the shape of the input; null to derive it. */
  declare readonly outputShape: Shape | ((inputShape: InputShape) => Shape) | null;
  /** The mask of the output, or a function from the inputs and their mask; null for none. */
  declare readonly mask: Value | ((inputs: Tree<Value>, mask: Value | null) => Value | null) | null;
  /** Further arguments of the function. */
  declare readonly arguments: Readonly<Record<string, unknown>>;

  constructor(...args: Arguments<LambdaOptions & { function: LambdaFunction }, typeof Lambda.positional>);
  constructor(fn: LambdaFunction, options?: LambdaOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.supportsMasking = this.mask !== null;
  }

  override call(inputs: Tree<Value>, context: CallContext): Value {
    const { training, mask } = context;
    // Functions of ops accept neither a mode nor a mask, as in Keras.
    const more = isOp(this.function) ? this.arguments : { ...this.arguments, training, mask };
    const output: unknown = this.function(inputs, more as LambdaContext);
    if (!(output instanceof Value)) {
      throw new TypeError(`[${this.who}] the function must return a value, made with ops. Received: ${show(output)}.`);
    }
    return output;
  }

  override computeMask(inputs: Tree<Value>, mask: Value | null): Value | null {
    return typeof this.mask === 'function' ? this.mask(inputs, mask) : this.mask;
  }

  override computeOutputShape(inputShape: InputShape): Shape {
    const given = this.outputShape;
    if (typeof given === 'function') return given(inputShape);
    return given === null ? super.computeOutputShape(inputShape) : [firstShape(inputShape)?.[0] ?? null, ...given];
  }

  override getConfig(): Config {
    if (getRegisteredName(this.function) === null || this.mask !== null || typeof this.outputShape === 'function') {
      throw new NotImplementedError(
        `[${this.who}] a config cannot hold the code of a function. Received: a Lambda layer. Write a class of layers, and pass it in customObjects to read it back; or register the function: registerKerasSerializable('mine')(fn).`,
      );
    }
    return super.getConfig();
  }

  /**
   * Makes a layer from its config, with the user's function in place of its name or code.
   * @throws NotImplementedError if the function is not known: code in a config is never run.
   */
  static override fromConfig(config: Config, context: ReadContext = defaultContext): Layer {
    const { function: written = null, name = null, mask = null, output_shape: shape = null } = config;
    const known = typeof written === 'string' ? written : functionName(written);
    const custom = findCustom(context.customObjects, known, typeof name === 'string' ? name : null);
    const fn: unknown = custom ?? written;
    if (typeof fn === 'function' && mask === null) {
      const isShape = Array.isArray(shape) && shape.every((size) => size === null || Number.isInteger(size));
      const { arguments: given } = config;
      return super.fromConfig(
        {
          ...config,
          function: fn as never,
          output_shape: isShape ? shape : null,
          arguments: isRecord(given) ? given : {},
        },
        context,
      );
    }
    const who = typeof name === 'string' ? name : 'lambda';
    const received =
      mask !== null ? 'a mask that is a function' : known === null ? 'Python code' : `the name ${show(known)}`;
    throw new NotImplementedError(
      `[Lambda ${who}] a config cannot hold the code of a function, and its Python code is never run. Received: ${received}. Pass the function in customObjects under the name of the layer, { ${JSON.stringify(who)}: (x) => … }, or register it: registerKerasSerializable(package)(fn). A custom class can replace the layer: { Lambda: MyLayer }.`,
    );
  }
}
