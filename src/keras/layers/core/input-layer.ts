import type { Config } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import { checkBoolean, checkOptions } from '../../../core/checks.ts';
import { type Shape, checkShape } from '../../../core/shape.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { checkPositive, refuse } from '../base/arguments.ts';
import type { DTypeLike } from '../base/dtype-policy.ts';
import type { KerasTensor } from '../../ops/base/keras-tensor.ts';
import { Layer } from '../base/layer.ts';

/** Options of {@link Input}. */
export interface InputOptions {
  /**
   * The shape of an input without the batch; null for a size that may vary. @default none: this or `batchShape` is needed
   */
  shape?: Shape | undefined;
  /** The size of the batch. @default null, any */
  batchSize?: number | null | undefined;
  /** The shape with the batch, in the place of the other two. @default none */
  batchShape?: Shape | undefined;
  /** The type of the elements. @default 'float32' */
  dtype?: DTypeLike | null | undefined;
  /** Not supported: false alone is taken. @default false */
  sparse?: false | null | undefined;
  /** Not supported: false alone is taken. @default false */
  ragged?: false | null | undefined;
  /** Whether Keras lets the input be left out; kept in configs, while here it must be given. @default false */
  optional?: boolean | undefined;
  /** What the input is called. @default 'input_layer', made unique */
  name?: string | undefined;
}

const OPTIONS = ['shape', 'batchSize', 'batchShape', 'dtype', 'sparse', 'ragged', 'optional', 'name'];

/**
 * Where a model begins: it says what the model is fed. Made by {@link Input}, and by Sequential models.
 *
 * @throws ValueError if neither or both of `shape` and `batchShape` are given.
 * @example
 * new InputLayer({ shape: [4], batchSize: 32 }).batchShape;    // [32, 4]
 * @see https://keras.io/api/layers/core_layers/input/
 */
export class InputLayer extends Layer {
  static override readonly className: string = 'InputLayer';

  /** The shape with the batch. */
  readonly batchShape: Shape;
  /** Whether Keras lets the input be left out. */
  readonly optional: boolean;
  /** The symbolic tensor that stands for what is fed. */
  readonly output: KerasTensor;

  constructor(options: InputOptions) {
    checkOptions('InputLayer', options, OPTIONS);
    super({ name: options.name, dtype: options.dtype });
    this.batchShape = readBatchShape(options, this.who);
    refuse(this.who, 'sparse', options.sparse === false ? null : options.sparse, 'the engine has no sparse tensors');
    refuse(this.who, 'ragged', options.ragged === false ? null : options.ragged, 'the engine has no ragged tensors');
    this.optional = checkBoolean(this.who, 'optional', options.optional ?? false);
    this.output = this.recordCall([], { shape: this.batchShape, dtype: this.dtype }) as KerasTensor;
    this.built = true;
  }

  override call(inputs: Tree<Value>): Tree<Value> {
    return inputs;
  }

  override computeOutputShape(): Shape {
    return this.batchShape;
  }

  override getConfig(): Config {
    return {
      batch_shape: this.batchShape,
      dtype: this.dtype,
      sparse: false,
      ragged: false,
      name: this.name,
      optional: this.optional,
    };
  }
}

function readBatchShape({ shape, batchSize, batchShape }: InputOptions, who: string): Shape {
  const size = batchSize ?? null;
  if (batchShape !== undefined) {
    if (shape === undefined && size === null) return [...checkShape(batchShape, who, 'batchShape')];
    const other = shape === undefined ? 'batchSize' : 'shape';
    throw new ValueError(`[${who}] batchShape says all that ${other} says. Received: both; give one of them.`);
  }
  if (shape === undefined) {
    throw new ValueError(`[${who}] shape must be given. Received: neither shape nor batchShape.`);
  }
  return [size === null ? null : checkPositive(who, 'batchSize', size), ...checkShape(shape, who)];
}

/**
 * A symbolic tensor for what a model is fed, to describe the model with.
 *
 * @throws ValueError if neither or both of `shape` and `batchShape` are given.
 * @example
 * const inputs = Input({ shape: [32, 32, 3] });
 * inputs.shape;                                                       // [null, 32, 32, 3]
 * new layers.Conv2D(8, 3, { strides: 2 }).apply(inputs).shape;        // [null, 15, 15, 8]
 * @see https://keras.io/api/layers/core_layers/input/
 */
export function Input(options: InputOptions): KerasTensor {
  return new InputLayer(options).output;
}
