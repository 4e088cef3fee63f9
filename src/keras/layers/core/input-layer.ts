import { ValueError, show } from '../../../core/errors.ts';
import { checkOptions } from '../../../core/checks.ts';
import { type Shape, checkShape, sameShape } from '../../../core/shape.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type KerasTensor, type SymbolicType, isKerasTensor } from '../../ops/base/keras-tensor.ts';
import { type Field, type Fields, boolean, field } from '../../saving/fields.ts';
import { type DTypeLike, DTypePolicy } from '../../../core/dtype-policy.ts';
import { name, plainDType, readByConstructor, unwritten } from '../base/layer-fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { positive } from '../base/option-fields.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Input}. */
export interface InputOptions {
  /**
   * The shape of an input without the batch; null for a size that may vary. @default none: this or `batchShape` is needed
   */
  shape?: Shape | undefined;
  /** The size of the batch. @default null, any */
  batchSize?: number | null | undefined;
  /** The shape with the batch, in place of the other two. @default none */
  batchShape?: Shape | undefined;
  /**
   * The type of the elements; `'string'` for strings, which a layer such as TextVectorization replaces by numbers.
   * @default 'float32'
   */
  dtype?: DTypeLike | 'string' | null | undefined;
  /** Not supported: must be false. @default false */
  sparse?: false | null | undefined;
  /** Not supported: must be false. @default false */
  ragged?: false | null | undefined;
  /** Whether Keras lets the input be left out; kept in configs, but required here. @default false */
  optional?: boolean | undefined;
  /** The name of the input. @default 'input_layer', made unique */
  name?: string | undefined;
  /**
   * A symbolic tensor whose shape and type the input has, and whose place it takes: a model of this input may have outputs that
   * were computed from the tensor. @default none
   */
  tensor?: KerasTensor | null | undefined;
}

/** Options of {@link InputLayer}. */
export interface InputLayerOptions extends Omit<InputOptions, 'tensor'> {
  /** The option `tensor` of {@link Input}. @default none */
  inputTensor?: KerasTensor | null | undefined;
}

/** An option of which only false works here. */
function mustBeFalse(reason: string): Field<false> {
  return field({
    byDefault: false,
    read: (who, option, given) => {
      if (given === false) return given;
      throw new ValueError(`[${who}] ${option} must be false: ${reason}. Received: ${option}=${show(given)}.`);
    },
  });
}

/** The type of strings, which tensors do not have. */
const STRINGS = new DTypePolicy('int32');

const elementType: Field<DTypePolicy> = {
  ...plainDType,
  read: (who, option, given) => (given === 'string' ? STRINGS : plainDType.read(who, option, given)),
  write: (policy, who) => (policy === STRINGS ? 'string' : plainDType.write(policy, who)),
};

const options: Fields = {
  // The constructor works it out from the three options of the shape.
  batchShape: field({ byDefault: null, read: (_who, _option, given) => given }),
  dtype: elementType,
  sparse: mustBeFalse('the engine has no sparse tensors'),
  ragged: mustBeFalse('the engine has no ragged tensors'),
  name,
  optional: boolean(false),
  shape: readByConstructor,
  batchSize: readByConstructor,
  inputTensor: readByConstructor,
};

/** The options that can be given by position. */
const ORDER = ['shape', 'batchSize', 'dtype'] as const;

/**
 * The start of a model, which declares its input. Made by {@link Input}, and by Sequential models.
 *
 * @throws ValueError if neither or both of `shape` and `batchShape` are given, or they do not fit `inputTensor`.
 * @example
 * new InputLayer({ shape: [4], batchSize: 32 }).batchShape;    // [32, 4]
 * @see https://keras.io/api/layers/core_layers/input/
 */
export class InputLayer extends Layer {
  static override readonly className: string = 'InputLayer';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly fields: Fields = { ...options, ...unwritten };

  override built = true;
  /** The shape with the batch. */
  declare readonly batchShape: Shape;
  /** Whether Keras lets the input be left out. */
  declare readonly optional: boolean;
  readonly #inputTensor: KerasTensor | null;

  constructor(...args: Arguments<InputLayerOptions, typeof ORDER>);
  constructor(options: InputLayerOptions);
  constructor(...args: readonly unknown[]) {
    const [named, positional] = takeArguments(new.target, args);
    const given: InputLayerOptions = { ...named, ...positional };
    checkOptions('InputLayer', given, Object.keys(options));
    const tensor = readTensor(given);
    super((tensor === null ? given : { ...given, dtype: tensor.typeName }) as LayerOptions);
    this.#inputTensor = tensor;
    this.batchShape = tensor?.shape ?? readBatchShape(given, this.who);
    const type: SymbolicType = { shape: this.batchShape, dtype: this.dtype, isString: this.isString };
    this.recordCall([], type);
  }

  /** Whether the elements are strings. */
  get isString(): boolean {
    return this.dtypePolicy === STRINGS;
  }

  /** The tensor whose place the input takes in a model; null for none. */
  get inputTensor(): KerasTensor | null {
    return this.#inputTensor;
  }

  override call(inputs: Tree<Value>): Tree<Value> {
    return inputs;
  }

  override computeOutputShape(): Shape {
    return this.batchShape;
  }
}

/** The tensor of the options. @throws TypeError if it is none; ValueError if another option does not fit it */
function readTensor({ inputTensor, shape, batchSize, batchShape, dtype }: InputLayerOptions): KerasTensor | null {
  const tensor: unknown = inputTensor ?? null;
  if (tensor === null) return null;
  const who = 'InputLayer';
  if (!isKerasTensor(tensor)) {
    throw new TypeError(`[${who}] inputTensor must be a symbolic tensor. Received: inputTensor=${show(tensor)}.`);
  }
  const [size = null, ...sizes] = tensor.shape;
  const refuse = (option: string, given: unknown): ValueError =>
    new ValueError(
      `[${who}] ${option} must be that of inputTensor. Received: ${option}=${show(given)} for ${tensor.toString()}. Omit it.`,
    );
  if ((batchSize ?? null) !== null && batchSize !== size) throw refuse('batchSize', batchSize);
  if (shape !== undefined && !sameShape(checkShape(shape, who), sizes)) throw refuse('shape', shape);
  if ((batchShape ?? null) !== null && !sameShape(checkShape(batchShape, who, 'batchShape'), tensor.shape)) {
    throw refuse('batchShape', batchShape);
  }
  const type = dtype ?? null;
  const name = type === null || type === 'string' ? type : plainDType.write(plainDType.read(who, 'dtype', type), who);
  if (name !== null && name !== tensor.typeName) throw refuse('dtype', dtype);
  return tensor;
}

function readBatchShape({ shape, batchSize, batchShape }: InputLayerOptions, who: string): Shape {
  const size = batchSize ?? null;
  if (batchShape !== undefined && (batchShape as unknown) !== null) {
    if (shape === undefined && size === null) return [...checkShape(batchShape, who, 'batchShape')];
    const other = shape === undefined ? 'batchSize' : 'shape';
    throw new ValueError(
      `[${who}] batchShape must not be given together with ${other}. Received: both. Leave one out.`,
    );
  }
  if (shape === undefined) {
    throw new ValueError(`[${who}] shape must be given. Received: neither shape nor batchShape.`);
  }
  return [size === null ? null : positive().read(who, 'batchSize', size), ...checkShape(shape, who)];
}

/**
 * A symbolic tensor that stands for an input of a model.
 *
 * @throws ValueError if neither or both of `shape` and `batchShape` are given, or they do not fit `tensor`.
 * @example
 * const inputs = Input({ shape: [32, 32, 3] });
 * inputs.shape;                                                       // [null, 32, 32, 3]
 * const texts = Input({ shape: [1], dtype: 'string' });
 * new layers.TextVectorization({ outputSequenceLength: 8 }).apply(texts).shape;     // [null, 8]
 * const features = new layers.Conv2D(8, 3, { strides: 2 }).apply(inputs);
 * features.shape;                                                     // [null, 15, 15, 8]
 * const head = new layers.Flatten().apply(features);
 * new Model({ inputs: Input({ tensor: features }), outputs: head }).inputShape;     // [null, 15, 15, 8]
 * @see https://keras.io/api/layers/core_layers/input/
 */
export function Input(options: InputOptions): KerasTensor;
export function Input(...args: Arguments<InputOptions, typeof ORDER>): KerasTensor;
export function Input(...args: Arguments<InputOptions, typeof ORDER>): KerasTensor {
  const [named, positional] = takeArguments(InputLayer, args);
  const { tensor, ...options } = { ...named, ...positional } as InputOptions;
  if (Object.hasOwn(options, 'inputTensor')) {
    throw new TypeError('[Input] inputTensor is an option of InputLayer. Received: inputTensor. Write tensor.');
  }
  return new InputLayer({ ...options, ...(tensor === undefined ? {} : { inputTensor: tensor }) }).output;
}
