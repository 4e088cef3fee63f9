import * as evenkeel from '../../src/index.ts';

/** Something of a feature that is refused. The refusal is tried by the tests, so that this list cannot go stale. */
export interface Limit {
  /** What is refused, as FEATURES.md says it. */
  readonly lacks: string;
  readonly attempt: () => unknown;
  readonly message: RegExp;
}

const { callbacks, layers } = evenkeel;

/** What has no type here: an option as JavaScript's users, and files, may give it. */
const loose = (options: Readonly<Record<string, unknown>>): never => options as never;

const quantized = (make: (options: never) => unknown): Limit => ({
  lacks: '`quantization_config`: only null',
  attempt: () => make(loose({ quantizationConfig: { mode: 'int8' } })),
  message: /quantizationConfig must be null: quantized layers are not supported/,
});

/** By the keys of features. */
export const limits: Readonly<Record<string, readonly Limit[]>> = {
  'callbacks.TensorBoard': [
    {
      lacks: '`profile_batch`: only 0',
      attempt: () => new callbacks.TensorBoard(loose({ profileBatch: 2 })),
      message: /profileBatch must be 0/,
    },
  ],
  'layers.Dense': [quantized((options) => new layers.Dense(2, options))],
  'layers.EinsumDense': [
    quantized((options) => new layers.EinsumDense('ab,bc->ac', 2, options)),
    {
      lacks: '`gptq_unpacked_column_size`: only null',
      attempt: () => new layers.EinsumDense('ab,bc->ac', 2, loose({ gptqUnpackedColumnSize: 2 })),
      message: /gptqUnpackedColumnSize must be null: quantized layers are not supported/,
    },
  ],
  'layers.Embedding': [quantized((options) => new layers.Embedding(3, 2, options))],
  'layers.ReversibleEmbedding': [quantized((options) => new layers.ReversibleEmbedding(3, 2, options))],
  'layers.Input': [
    {
      lacks: '`sparse`, `ragged`: only false',
      attempt: () => evenkeel.Input(loose({ shape: [2], ragged: true })),
      message: /ragged must be false: the engine has no ragged tensors/,
    },
  ],
  'layers.InputLayer': [
    {
      lacks: '`sparse`, `ragged`: only false',
      attempt: () => new layers.InputLayer(loose({ shape: [2], sparse: true })),
      message: /sparse must be false: the engine has no sparse tensors/,
    },
  ],
  'ops.eig': [
    {
      lacks: 'refused: eigenvalues of general matrices are complex',
      attempt: () => evenkeel.ops.eig([[1, 0], [0, 1]]), // prettier-ignore
      message: /there are no complex elements/,
    },
  ],
  'ops.nonzero': [
    {
      lacks: 'refused: the number of indices would depend on the elements',
      attempt: () => evenkeel.ops.nonzero([1, 0]),
      message: /shapes of results do not/,
    },
  ],
};

/** What holds for a whole section. */
export const generalLimits: Readonly<Record<string, readonly Limit[]>> = {};

/** Keys of configs that differ from Keras's on purpose. The tests see to it that they do differ. */
export const meantDifferences: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'layers.Normalization': { axis: 'the config has `axis` as it was given, where Keras makes a list of it' },
  ...Object.fromEntries(
    ['BinaryIoU', 'IoU', 'MeanIoU', 'OneHotIoU', 'OneHotMeanIoU'].map((name) => [
      `metrics.${name}`,
      { dtype: 'counts in float32, where Keras counts in int64 and truncates the weights' },
    ]),
  ),
};

/** Bases that are not made by themselves, and so have no config to compare. */
export const abstractClasses: ReadonlySet<string> = new Set([
  'layers.Layer',
  'losses.Loss',
  'constraints.Constraint',
  'initializers.Initializer',
  'regularizers.Regularizer',
]);
