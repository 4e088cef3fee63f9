import { ValueError, show } from '../../../core/errors.ts';
import { checkOptions } from '../../../core/checks.ts';
import { type Shape, checkShape } from '../../../core/shape.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { KerasTensor, SymbolicType } from '../../ops/base/keras-tensor.ts';
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
};

/** The options that can be given by position. */
const ORDER = ['shape', 'batchSize', 'dtype'] as const;

/**
 * The start of a model, which declares its input. Made by {@link Input}, and by Sequential models.
 *
 * @throws ValueError if neither or both of `shape` and `batchShape` are given.
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

  constructor(...args: Arguments<InputOptions, typeof ORDER>);
  constructor(options: InputOptions);
  constructor(...args: readonly unknown[]) {
    const [named, positional] = takeArguments(new.target, args);
    const given: InputOptions = { ...named, ...positional };
    checkOptions('InputLayer', given, Object.keys(options));
    super(given as LayerOptions);
    this.batchShape = readBatchShape(given, this.who);
    const type: SymbolicType = { shape: this.batchShape, dtype: this.dtype, isString: this.isString };
    this.recordCall([], type);
  }

  /** Whether the elements are strings. */
  get isString(): boolean {
    return this.dtypePolicy === STRINGS;
  }

  override call(inputs: Tree<Value>): Tree<Value> {
    return inputs;
  }

  override computeOutputShape(): Shape {
    return this.batchShape;
  }
}

function readBatchShape({ shape, batchSize, batchShape }: InputOptions, who: string): Shape {
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
 * @throws ValueError if neither or both of `shape` and `batchShape` are given.
 * @example
 * const inputs = Input({ shape: [32, 32, 3] });
 * inputs.shape;                                                       // [null, 32, 32, 3]
 * const texts = Input({ shape: [1], dtype: 'string' });
 * new layers.TextVectorization({ outputSequenceLength: 8 }).apply(texts).shape;     // [null, 8]
 * new layers.Conv2D(8, 3, { strides: 2 }).apply(inputs).shape;        // [null, 15, 15, 8]
 * @see https://keras.io/api/layers/core_layers/input/
 */
export function Input(options: InputOptions): KerasTensor;
export function Input(...args: Arguments<InputOptions, typeof ORDER>): KerasTensor;
export function Input(...args: Arguments<InputOptions, typeof ORDER>): KerasTensor {
  return new InputLayer(...args).output;
}
