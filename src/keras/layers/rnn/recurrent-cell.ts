import { InternalError } from '../../../core/errors.ts';
import { knownSize } from '../../../core/axes.ts';
import type { DType } from '../../../core/dtype.ts';
import { type KnownShape, sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import { allocate } from '../../../core/dtype.ts';
import type { Value, ValueType } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import type { Activation } from '../../activations/index.ts';
import type { Constraint } from '../../constraints/index.ts';
import { Initializer } from '../../initializers/index.ts';
import type { Regularizer } from '../../regularizers/index.ts';
import type { CallContext } from '../base/call-context.ts';
import type { InputShape } from '../base/input-shape.ts';
import { Layer } from '../base/layer.ts';
import { weightParts } from '../base/weight-fields.ts';
import { type Cell, inputShapeOf } from './cell.ts';
import { type DropoutMasks, SequenceDropout } from './sequence-dropout.ts';

const NONE: DropoutMasks = { input: [], recurrent: [] };

/** The weights of a cell in a call. */
export interface CellWeights {
  readonly kernel: Value;
  readonly recurrentKernel: Value;
  readonly bias: Value | null;
}

/** The base of cells with a kernel for the input and one for the state. */
export abstract class RecurrentCell extends Layer implements Cell {
  declare readonly activation: Activation;
  /** Whether a bias is added. */
  declare readonly useBias: boolean;
  declare readonly kernelInitializer: Initializer;
  declare readonly recurrentInitializer: Initializer;
  declare readonly biasInitializer: Initializer;
  declare readonly kernelRegularizer: Regularizer | null;
  declare readonly recurrentRegularizer: Regularizer | null;
  declare readonly biasRegularizer: Regularizer | null;
  declare readonly kernelConstraint: Constraint | null;
  declare readonly recurrentConstraint: Constraint | null;
  declare readonly biasConstraint: Constraint | null;
  /** The share of the input's elements that is dropped in training. */
  declare readonly dropout: number;
  /** The share of the state's elements that is dropped in training. */
  declare readonly recurrentDropout: number;
  /** The seed that makes the dropped elements reproducible. */
  declare readonly seed: number | null;
  /** The weights by which the input is multiplied; null before `build`. */
  kernel: Variable | null = null;
  /** The weights by which the state is multiplied; null before `build`. */
  recurrentKernel: Variable | null = null;
  /** The bias; null before `build`, and without `useBias`. */
  bias: Variable | null = null;
  readonly #dropout: SequenceDropout;

  constructor(...args: ConstructorParameters<typeof Layer>) {
    super(...args);
    this.#dropout = new SequenceDropout(this.seed, this);
  }

  abstract get stateSize(): number | readonly number[];

  /** The number of products of the input, and of the state, each of which has a mask of its own. */
  protected abstract get maskCount(): number;

  /** Makes the weights. */
  protected addWeights(
    kernel: KnownShape,
    recurrentKernel: KnownShape,
    bias: KnownShape,
    biasInitializer: Initializer = this.biasInitializer,
  ): void {
    this.kernel = this.addWeight({ name: 'kernel', shape: kernel, ...weightParts(this, 'kernel') });
    this.recurrentKernel = this.addWeight({
      name: 'recurrent_kernel',
      shape: recurrentKernel,
      ...weightParts(this, 'recurrent'),
    });
    if (!this.useBias) return;
    this.bias = this.addWeight({
      name: 'bias',
      shape: bias,
      ...weightParts(this, 'bias'),
      initializer: biasInitializer,
    });
  }

  /** The weights of the cell in a call. @throws InternalError if the cell is not built */
  protected weightsIn(context: CallContext): CellWeights {
    const { kernel, recurrentKernel, bias } = this;
    if (kernel === null || recurrentKernel === null)
      throw new InternalError(`${this.who} is called before it is built.`);
    return {
      kernel: context.read(kernel),
      recurrentKernel: context.read(recurrentKernel),
      bias: bias === null ? null : context.read(bias),
    };
  }

  beginSequence(input: ValueType, [state]: readonly ValueType[], training: boolean): void {
    if (training && state !== undefined) this.#dropout.begin(input, state, this.maskCount);
  }

  endSequence(): void {
    this.#dropout.end();
  }

  /** The factors of dropout in a call. */
  protected masksIn(context: CallContext, input: Value, state: Value): DropoutMasks {
    return context.training ? this.#dropout.masks(input, state, this.maskCount) : NONE;
  }
}

/** The base of cells whose inputs and states are vectors. */
export abstract class DenseCell extends RecurrentCell {
  /** The number of outputs. */
  declare readonly units: number;

  get outputSize(): number {
    return this.units;
  }

  /** The number of matrices in each kernel, side by side. */
  protected abstract get gates(): number;

  /** The shape of the bias. */
  protected get biasShape(): KnownShape {
    return [this.gates * this.units];
  }

  /** The initializer of the bias. */
  protected get initialBias(): Initializer {
    return this.biasInitializer;
  }

  override build(inputShape: InputShape): void {
    const shape = inputShapeOf(inputShape);
    const inputs = knownSize(shape, shape.length - 1, this.who);
    const width = this.gates * this.units;
    this.addWeights([inputs, width], [this.units, width], this.biasShape, this.initialBias);
  }
}

/** The initializer of a bias whose second quarter, that of the forget gate, is 1 (Jozefowicz et al., 2015). */
export class UnitForgetBias extends Initializer {
  readonly #others: Initializer;

  constructor(others: Initializer) {
    super();
    this.#others = others;
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    const units = sizeOf(shape) / 4;
    const data = allocate(dtype, sizeOf(shape));
    data.set(this.#others.call([units], dtype).data);
    data.fill(1, units, 2 * units);
    data.set(this.#others.call([2 * units], dtype).data, 2 * units);
    return new Tensor(data, shape, dtype);
  }
}
