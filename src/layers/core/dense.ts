import type { Activation } from '../../activations/index.ts';
import { knownSize } from '../../core/axes.ts';
import type { Config } from '../../core/config.ts';
import { ValueError } from '../../core/errors.ts';
import { optionsOf } from '../../core/registry.ts';
import { type Shape, checkShape } from '../../core/shape.ts';
import type { Value } from '../../graph/value.ts';
import type { Variable } from '../../graph/variable.ts';
import { add } from '../../ops/elementwise.ts';
import { matmul } from '../../ops/linear.ts';
import { checkPositive, refuse } from '../arguments.ts';
import type { CallContext } from '../call-context.ts';
import { checkInputSpec } from '../input-spec.ts';
import { type KernelOptions, type KernelParts, KERNEL_OPTIONS, kernelConfig, readKernelOptions } from '../kernel-options.ts';
import { Layer } from '../layer.ts';

export interface DenseOptions extends KernelOptions {
  /** Not supported: null alone is taken. @default null */
  quantizationConfig?: null | undefined;
}

/**
 * A densely connected layer: each output sees every input along the last axis.
 *
 * y = activation(x · kernel + bias)
 *
 * Shapes: `[batch, …, inputs]` → `[batch, …, units]`; kernel `[inputs, units]`, bias `[units]`.
 * @throws ValueError if the input has fewer than two axes, or a last axis of unknown size.
 * @example
 * const layer = new Dense(10, { activation: 'relu' });
 * layer.apply(Input({ shape: [4] })).shape;    // [null, 10]
 * @see https://keras.io/api/layers/core_layers/dense/
 */
export class Dense extends Layer {
  static override readonly className: string = 'Dense';

  readonly units: number;
  readonly settings: KernelParts;
  #kernel: Variable | null = null;
  /** null before the layer is built, and without `useBias`. */
  bias: Variable | null = null;

  constructor(units: number, options: DenseOptions = {}) {
    super(options, [...KERNEL_OPTIONS, 'quantizationConfig']);
    this.units = checkPositive(this.who, 'units', units);
    refuse(this.who, 'quantizationConfig', options.quantizationConfig, 'quantized layers are not supported');
    this.settings = readKernelOptions(options, this.who);
    this.inputSpec = { minRank: 2 };
    this.supportsMasking = true;
  }

  get activation(): Activation {
    return this.settings.activation;
  }

  get useBias(): boolean {
    return this.settings.useBias;
  }

  /** @throws ValueError before the layer is built. */
  get kernel(): Variable {
    if (this.#kernel !== null) return this.#kernel;
    throw new ValueError(`[${this.who}] the kernel is made by build: call the layer on an input or build([…]) first.`);
  }

  override build(inputShape: Shape): void {
    const inputs = knownSize(inputShape, inputShape.length - 1, this.who);
    const { kernelInitializer, kernelRegularizer, kernelConstraint } = this.settings;
    this.#kernel = this.addWeight({
      name: 'kernel',
      shape: [inputs, this.units],
      initializer: kernelInitializer,
      regularizer: kernelRegularizer,
      constraint: kernelConstraint,
    });
    if (this.settings.useBias) {
      const { biasInitializer, biasRegularizer, biasConstraint } = this.settings;
      this.bias = this.addWeight({
        name: 'bias',
        shape: [this.units],
        initializer: biasInitializer,
        regularizer: biasRegularizer,
        constraint: biasConstraint,
      });
    }
    this.inputSpec = { minRank: 2, axes: { [-1]: inputs } };
  }

  override call(inputs: Value, context: CallContext): Value {
    const product = matmul(inputs, context.read(this.kernel));
    return this.settings.activation(this.bias === null ? product : add(product, context.read(this.bias)));
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const shape = checkShape(inputShape, this.who, 'inputShape');
    if (this.inputSpec !== null) checkInputSpec(this.inputSpec, shape, this.who);
    return [...shape.slice(0, -1), this.units];
  }

  override getConfig(): Config {
    const { activations, initializers, regularizers, constraints } = kernelConfig(this.settings);
    return {
      ...super.getConfig(),
      units: this.units,
      ...activations,
      ...initializers,
      ...regularizers,
      ...constraints,
      quantization_config: null,
    };
  }

  static override fromConfig(config: Config): Dense {
    const { units, ...options } = optionsOf(config);
    return new this(units as number, options as DenseOptions);
  }
}
