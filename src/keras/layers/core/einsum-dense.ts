import type { Value } from '../../../compiler/ir/value.ts';
import type { Config } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import { activation } from '../../activations/field.ts';
import type { ActivationIdentifier } from '../../activations/index.ts';
import { type Initializer, VarianceScaling } from '../../initializers/index.ts';
import { add, einsum } from '../../ops/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Field, type Fields, field, keptAs, nullable, string, unsupported } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import type { KernelOptions } from '../base/kernel-layer.ts';
import { LowRankLayer } from '../base/low-rank-layer.ts';
import { type LowRankOptions, lowRankFields } from '../base/low-rank.ts';
import { weightFields } from '../base/weight-fields.ts';
import { analyzeEinsum } from './einsum-shapes.ts';

/** Options of {@link EinsumDense}. */
export interface EinsumDenseOptions extends Omit<KernelOptions, 'useBias'>, LowRankOptions {
  /** The letters of the output's axes that have a bias. @default null, no bias */
  biasAxes?: string | null | undefined;
  /** The activation of the output. @default null, which is 'linear' */
  activation?: ActivationIdentifier | null | undefined;
  /** Not supported: must be null. @default null */
  quantizationConfig?: null | undefined;
  /** Not supported: must be null. @default null */
  gptqUnpackedColumnSize?: null | undefined;
}

/** Sizes of axes, null for those that depend on the input; one number stands for a list of one. */
const partialShape: Field<Shape> = field({
  read: (who, option, given) => {
    const list: readonly unknown[] = Array.isArray(given) ? given : [given];
    const isSize = (size: unknown): boolean => size === null || (Number.isInteger(size) && Number(size) > 0);
    if (list.every(isSize) && (Array.isArray(given) || given !== null)) return [...list] as Shape;
    throw new ValueError(
      `[${who}] ${option} must be a positive integer, or a list of them and null. Received: ${option}=${show(given)}.`,
    );
  },
});

const unquantized = unsupported('quantized layers are not supported');

/**
 * A dense layer of any number of axes: the input and the kernel are multiplied as an equation says.
 *
 *     y = activation(einsum(equation, x, kernel) + bias)
 *
 * The equation has one of the forms `ab,bc->ac`, `...b,bc->...c` and `ab...,bc->ac...`; `outputShape` has the sizes of the
 * output's axes after the batch that the ellipsis does not stand for, null for those of the input.
 *
 * Shapes: the kernel has the axes of the second term; the bias those of `biasAxes`, from the first of them on.
 *
 * @throws ValueError if the equation does not fit the input or the output.
 * @example
 * const layer = new EinsumDense('abc,cd->abd', [null, 64], { biasAxes: 'd' });
 * layer.apply(Input({ shape: [32, 128] })).shape;    // [null, 32, 64]
 * layer.countParams();                               // 8256
 * @see https://keras.io/api/layers/core_layers/einsum_dense/
 */
export class EinsumDense extends LowRankLayer {
  static override readonly className: string = 'EinsumDense';
  static override readonly positional = ['equation', 'outputShape', 'activation', 'biasAxes'] as const;
  static override readonly fields: Fields = {
    equation: string(),
    outputShape: keptAs('partialOutputShape', partialShape),
    activation: activation(),
    biasAxes: nullable(string()),
    ...weightFields({ kernel: 'glorot_uniform', bias: 'zeros' }, { writesPenalty: true }),
    quantizationConfig: unquantized,
    ...lowRankFields,
    gptqUnpackedColumnSize: { ...unquantized, write: () => undefined },
  };

  /** The equation of input, kernel and output. */
  declare readonly equation: string;
  /** The sizes of the output's axes after the batch, null for those of the input. */
  declare readonly partialOutputShape: Shape;
  /** The letters of the output's axes that have a bias; null for no bias. */
  declare readonly biasAxes: string | null;

  constructor(
    ...args: Arguments<
      EinsumDenseOptions & { equation: string; outputShape: number | Shape },
      typeof EinsumDense.positional
    >
  );
  constructor(equation: string, outputShape: number | Shape, options?: EinsumDenseOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override build(inputShape: Shape): void {
    const { who, equation, biasAxes, partialOutputShape } = this;
    const shapes = analyzeEinsum(who, equation, biasAxes, inputShape, partialOutputShape);
    this.addKernel(shapes.kernel, shapes.bias, this.#initializerFor(shapes.inputAxes, shapes.outputAxes));
    this.inputSpec = { ndim: inputShape.length };
    this.enableGivenLora();
  }

  /** The initializer of the kernel, which counts the inputs and outputs of a unit along the axes of the equation. */
  #initializerFor(inputAxes: readonly number[], outputAxes: readonly number[]): Initializer {
    const { kernelInitializer } = this;
    if (!(kernelInitializer instanceof VarianceScaling) || kernelInitializer.inputAxes !== null)
      return kernelInitializer;
    return kernelInitializer.copy({ input_axes: inputAxes, output_axes: outputAxes });
  }

  override call(inputs: Value, context: CallContext): Value {
    const product = einsum(this.equation, inputs, this.readKernel(context));
    return this.activation(this.bias === null ? product : add(product, context.read(this.bias)));
  }

  /** The config, in which Keras writes the output's shape before the equation. */
  override getConfig(): Config {
    const { name = null, trainable = null, dtype = null, equation = null, ...others } = super.getConfig();
    const { output_shape: outputShape = null, ...rest } = others;
    return { name, trainable, dtype, output_shape: outputShape, equation, ...rest };
  }
}
