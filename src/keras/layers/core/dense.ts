import type { Value } from '../../../compiler/ir/value.ts';
import { knownSize } from '../../../core/axes.ts';
import type { Shape } from '../../../core/shape.ts';
import { add, matmul } from '../../ops/index.ts';
import { type Fields, unsupported } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { type KernelOptions, kernelFields } from '../base/kernel-layer.ts';
import { LowRankLayer } from '../base/low-rank-layer.ts';
import { type LowRankOptions, lowRankFields } from '../base/low-rank.ts';
import { positive } from '../base/option-fields.ts';
import { type LinearForm, inputsFirst } from '../base/traits.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Dense}. */
export interface DenseOptions extends KernelOptions, LowRankOptions {
  /** Not supported: must be null. @default null */
  quantizationConfig?: null | undefined;
}

/**
 * A densely connected layer: each output depends on every input along the last axis.
 *
 *     y = activation(x · kernel + bias)
 *
 * Shapes: `[batch, …, inputs]` → `[batch, …, units]`; kernel `[inputs, units]`, bias `[units]`.
 *
 * @throws ValueError if the input has fewer than two axes, or a last axis of unknown size.
 * @example
 * const layer = new Dense(2, { activation: 'relu' });
 * layer.apply(Input({ shape: [3] })).shape;    // [null, 2]
 * layer.setWeights([[[1, 0], [0, 1], [1, -1]], [0.5, 0]]);
 * await layer.apply([[1, 2, 3]]);              // [[4.5, 0]]
 * @see https://keras.io/api/layers/core_layers/dense/
 */
export class Dense extends LowRankLayer {
  static override readonly className: string = 'Dense';
  static override readonly positional = ['units', 'activation', 'useBias'] as const;
  static override readonly fields: Fields = {
    units: positive(),
    ...kernelFields,
    quantizationConfig: unsupported('quantized layers are not supported'),
    ...lowRankFields,
  };

  override supportsMasking = true;
  /** The number of outputs. */
  declare readonly units: number;
  /** Whether a bias is added. */
  declare readonly useBias: boolean;

  constructor(...args: Arguments<DenseOptions & { units: number }, typeof Dense.positional>);
  constructor(units: number, options?: DenseOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { minNdim: 2 };
  }

  override get linearForm(): LinearForm | null {
    const { activation } = this;
    if (this.loraEnabled) return null;
    return { kernels: [inputsFirst], activation, channelsLast: true, pads: false };
  }

  override build(inputShape: Shape): void {
    const inputs = knownSize(inputShape, inputShape.length - 1, this.who);
    this.addKernel([inputs, this.units], this.useBias ? [this.units] : null);
    this.enableGivenLora();
    this.inputSpec = { minNdim: 2, axes: { [-1]: inputs } };
  }

  override call(inputs: Value, context: CallContext): Value {
    const product = matmul(inputs, this.readKernel(context));
    return this.activation(this.bias === null ? product : add(product, context.read(this.bias)));
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return [...this.checkedShape(inputShape).slice(0, -1), this.units];
  }
}
