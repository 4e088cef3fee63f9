import type { Activation } from '../../activations/index.ts';
import { ValueError } from '../../../core/errors.ts';
import type { KnownShape } from '../../../core/shape.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import { KERNEL_OPTIONS, type KernelOptions, type KernelParts, readKernelOptions } from './kernel-options.ts';
import { Layer } from './layer.ts';

/** What layers share that multiply by a kernel and add a bias. */
export abstract class KernelLayer extends Layer {
  /** The arguments for kernel, bias and activation. */
  readonly settings: KernelParts;
  #kernel: Variable | null = null;
  #bias: Variable | null = null;

  constructor(options: KernelOptions, ownOptions: readonly string[]) {
    super(options, [...KERNEL_OPTIONS, ...ownOptions]);
    this.settings = readKernelOptions(options, this.who);
  }

  /** What the output goes through. */
  get activation(): Activation {
    return this.settings.activation;
  }

  /** Whether a bias is added. */
  get useBias(): boolean {
    return this.settings.useBias;
  }

  /** What the input is multiplied by. @throws ValueError before the layer is built. */
  get kernel(): Variable {
    if (this.#kernel !== null) return this.#kernel;
    throw new ValueError(`[${this.who}] the kernel is made by build: call the layer on an input or build([…]) first.`);
  }

  /** What is added; null before the layer is built, and without `useBias`. */
  get bias(): Variable | null {
    return this.#bias;
  }

  /** Makes the weights: the kernel, and a bias for each of its outputs, if there is to be one. */
  protected addKernel(shape: KnownShape, outputs: number): void {
    const { settings } = this;
    this.#kernel = this.addWeight({
      name: 'kernel',
      shape,
      initializer: settings.kernelInitializer,
      regularizer: settings.kernelRegularizer,
      constraint: settings.kernelConstraint,
    });
    if (!settings.useBias) return;
    this.#bias = this.addWeight({
      name: 'bias',
      shape: [outputs],
      initializer: settings.biasInitializer,
      regularizer: settings.biasRegularizer,
      constraint: settings.biasConstraint,
    });
  }
}
