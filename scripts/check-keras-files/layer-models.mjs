/**
 * Models of the layers of every family, for check-keras-files.mjs: their names, and functions that make them. Data of an input
 * of integers is in [0, `below`); of an input of strings, among a few.
 */
import { Input, Model, Sequential, layers } from 'evenkeel';

const model = (inputs, outputs, name) => new Model({ inputs, outputs, name });
const chain = (x, ...stack) => stack.reduce((value, layer) => layer.apply(value), x);

const languageModels = {
  lstm: () => {
    const words = Input({ shape: [6], dtype: 'int32', name: 'words' });
    const hidden = chain(
      words,
      new layers.Embedding(7, 4, { maskZero: true }),
      new layers.LSTM(5, { returnSequences: true, unitForgetBias: false }),
      new layers.LSTM(3, { goBackwards: true, activation: 'relu', kernelRegularizer: 'l2' }),
    );
    return model(words, new layers.Dense(2).apply(hidden), 'lstm');
  },
  gru: () => {
    const words = Input({ shape: [6], dtype: 'int32', name: 'words' });
    const hidden = chain(
      words,
      new layers.Embedding(7, 4),
      new layers.GRU(5, { returnSequences: true }),
      new layers.GRU(3, { resetAfter: false, useBias: false }),
    );
    return model(words, new layers.Dense(2).apply(hidden), 'gru');
  },
};

/** An encoder whose last states are the first ones of a decoder. */
function encoderDecoder() {
  const [source, target] = ['source', 'target'].map((name) => Input({ shape: [4, 3], name }));
  const [, ...states] = new layers.LSTM(5, { returnState: true, name: 'encoder' }).apply(source);
  const decoded = new layers.LSTM(5, { returnSequences: true, name: 'decoder' }).apply(target, {
    initialState: states,
  });
  return model([source, target], new layers.Dense(2).apply(decoded), 'states');
}

const recurrent = {
  ...languageModels,
  states: encoderDecoder,
  'simple-rnn': () => {
    const x = Input({ shape: [5, 3] });
    const cells = [new layers.LSTMCell(4), new layers.GRUCell(3, { resetAfter: false }), new layers.SimpleRNNCell(2)];
    const masked = new layers.Masking({ maskValue: 0 }).apply(x);
    return model(
      x,
      chain(masked, new layers.SimpleRNN(4, { returnSequences: true }), new layers.RNN(cells)),
      'simple-rnn',
    );
  },
  stateful: () => {
    const x = Input({ batchShape: [6, 5, 3] });
    return model(x, chain(x, new layers.GRU(4, { stateful: true, unroll: true }), new layers.Dense(2)), 'stateful');
  },
  bidirectional: () => {
    const x = Input({ shape: [5, 3] });
    const [sum, both] = [
      new layers.Bidirectional(new layers.GRU(4, { returnSequences: true }), { mergeMode: 'sum' }),
      new layers.Bidirectional(new layers.LSTM(3), {
        backwardLayer: new layers.LSTM(3, { goBackwards: true, useBias: false }),
      }),
    ];
    return model(x, chain(x, sum, both, new layers.Dense(2)), 'bidirectional');
  },
  'time-distributed': () => {
    const x = Input({ shape: [3, 5, 5, 2] });
    const each = [new layers.Conv2D(3, 2), new layers.BatchNormalization(), new layers.Flatten()];
    const stack = each.map((layer) => new layers.TimeDistributed(layer));
    return model(x, chain(x, ...stack, new layers.SimpleRNN(2)), 'time-distributed');
  },
  'conv-lstm-1d': () => {
    const x = Input({ shape: [3, 6, 2] });
    const stack = [
      new layers.ConvLSTM1D(3, 2, { returnSequences: true, padding: 'same' }),
      new layers.ConvLSTM1D(2, 3, { strides: 2 }),
    ];
    return model(x, chain(x, ...stack, new layers.Flatten(), new layers.Dense(2)), 'conv-lstm-1d');
  },
  'conv-lstm-2d': () => {
    const x = Input({ shape: [3, 4, 5, 2] });
    const recurrent = new layers.ConvLSTM2D(3, 2, { recurrentActivation: 'hard_sigmoid' });
    return model(x, chain(x, recurrent, new layers.Flatten(), new layers.Dense(2)), 'conv-lstm-2d');
  },
  'conv-lstm-3d': () => {
    const x = Input({ shape: [2, 3, 4, 3, 1] });
    return model(x, chain(x, new layers.ConvLSTM3D(2, 2), new layers.Flatten(), new layers.Dense(2)), 'conv-lstm-3d');
  },
};

/** A pre-norm block of a transformer. */
function transformer() {
  const x = Input({ shape: [5, 6] });
  const normal = new layers.LayerNormalization().apply(x);
  const attended = new layers.MultiHeadAttention(2, 3).apply([normal, normal], { useCausalMask: true });
  const y = new layers.Add().apply([x, attended]);
  const inner = [new layers.RMSNormalization(), new layers.Dense(8, { activation: 'gelu' }), new layers.Dense(6)];
  return model(x, new layers.Add().apply([y, chain(y, ...inner)]), 'transformer');
}

const attention = {
  transformer,
  'multi-head': () => {
    const [x, y] = [Input({ shape: [4, 3, 6], name: 'x' }), Input({ shape: [4, 3, 5], name: 'y' })];
    const options = { valueDim: 2, outputShape: 4, attentionAxes: [1, 2], useBias: false };
    return model([x, y], new layers.MultiHeadAttention(2, 3, options).apply([x, y]), 'multi-head');
  },
  grouped: () => {
    const [x, y] = [Input({ shape: [4, 6], name: 'x' }), Input({ shape: [3, 6], name: 'y' })];
    return model([x, y], new layers.GroupQueryAttention(3, 4, 2).apply([x, y]), 'grouped');
  },
  scores: () => {
    const [x, y] = [Input({ shape: [4, 6], name: 'x' }), Input({ shape: [3, 6], name: 'y' })];
    const dot = new layers.Attention({ useScale: true, scoreMode: 'dot' }).apply([x, y]);
    const concat = new layers.Attention({ useScale: true, scoreMode: 'concat' }).apply([x, y]);
    const additive = new layers.AdditiveAttention().apply([x, y]);
    return model([x, y], new layers.Concatenate().apply([dot, concat, additive]), 'scores');
  },
  einsum: () => {
    const x = Input({ shape: [4, 6] });
    const dense = new layers.EinsumDense('abc,cde->abde', [4, 2, 3], { biasAxes: 'de', activation: 'tanh' });
    return model(x, chain(x, dense, new layers.Flatten(), new layers.Dense(2)), 'einsum');
  },
  tied: () => {
    const words = Input({ shape: [4], dtype: 'int32', name: 'words' });
    const embedding = new layers.ReversibleEmbedding(7, 3, { tieWeights: true });
    return model(words, embedding.apply(chain(words, embedding, new layers.Dense(3)), { reverse: true }), 'tied');
  },
  lora: () => {
    const x = Input({ shape: [5, 4] });
    const stack = [
      new layers.Dense(6, { loraRank: 2 }),
      new layers.EinsumDense('abc,cd->abd', [null, 3], { loraRank: 1 }),
    ];
    return model(x, chain(x, ...stack, new layers.Conv1D(2, 2, { loraRank: 2 })), 'lora');
  },
};

const families = {
  sequences: () => {
    const x = Input({ shape: [9, 4] });
    const stack = [
      new layers.Conv1D(4, 3, { padding: 'causal', dilationRate: 2 }),
      new layers.SeparableConv1D(4, 2),
      new layers.DepthwiseConv1D(2, { depthMultiplier: 2 }),
      new layers.Conv1DTranspose(4, 2, { strides: 2 }),
      new layers.UpSampling1D(2),
      new layers.ZeroPadding1D(1),
      new layers.Cropping1D([0, 1]),
      new layers.MaxPooling1D(2),
      new layers.AveragePooling1D(2),
      new layers.SpatialDropout1D(0),
      new layers.Permute([2, 1]),
      new layers.Reshape([-1, 2]),
      new layers.AdaptiveAveragePooling1D(4),
      new layers.AdaptiveMaxPooling1D(2),
      new layers.GlobalMaxPooling1D(),
      new layers.RepeatVector(2),
      new layers.ELU(),
      new layers.GlobalAveragePooling1D(),
      new layers.ActivityRegularization({ l2: 0.01 }),
    ];
    return model(x, chain(x, ...stack, new layers.Dense(2)), 'sequences');
  },
  maps: () => {
    const x = Input({ shape: [8, 9, 3] });
    const stack = [
      new layers.ZeroPadding2D([
        [1, 0],
        [0, 1],
      ]),
      new layers.Cropping2D(1),
      new layers.UpSampling2D([2, 1], { interpolation: 'bilinear' }),
      new layers.MaxPooling2D(2),
      new layers.LeakyReLU(),
      new layers.SpatialDropout2D(0),
      new layers.AdaptiveAveragePooling2D([3, 4]),
      new layers.AdaptiveMaxPooling2D(2),
      new layers.AveragePooling2D(2),
      new layers.GlobalMaxPooling2D(),
      new layers.GaussianDropout(0),
      new layers.AlphaDropout(0),
      new layers.Softmax(),
    ];
    return model(x, chain(x, ...stack, new layers.Dense(2)), 'maps');
  },
  volumes: () => {
    const x = Input({ shape: [6, 5, 6, 2] });
    const stack = [
      new layers.Conv3D(3, 2, { groups: 1 }),
      new layers.Conv3DTranspose(2, 2),
      new layers.ZeroPadding3D(1),
      new layers.Cropping3D([
        [1, 0],
        [0, 1],
        [1, 0],
      ]),
      // Without equal elements in a window, to each of which TensorFlow's pooling passes the whole gradient.
      new layers.MaxPooling3D(2),
      new layers.UpSampling3D([1, 2, 1]),
      new layers.SpatialDropout3D(0),
      new layers.AdaptiveAveragePooling3D([2, 3, 2]),
      new layers.AdaptiveMaxPooling3D(2),
      new layers.AveragePooling3D(1),
      new layers.GlobalAveragePooling3D(),
    ];
    return model(x, chain(x, ...stack, new layers.Dense(2)), 'volumes');
  },
  merging: () => {
    const [x, y] = [Input({ shape: [3, 4], name: 'x' }), Input({ shape: [3, 4], name: 'y' })];
    const merged = ['Add', 'Average', 'Maximum', 'Minimum', 'Multiply', 'Subtract', 'Concatenate'].map((name) =>
      new layers[name]().apply([x, y]),
    );
    const product = new layers.Dot([1, 1], { normalize: true }).apply([x, y]);
    const flat = [...merged, product].map((each) => new layers.Flatten().apply(each));
    return model([x, y], new layers.Dense(2).apply(new layers.Concatenate().apply(flat)), 'merging');
  },
};

/** Names of layers that transform images in training only, with their arguments. */
const augmentations = {
  ...{ RandomBrightness: [0.2], RandomContrast: [0.2], RandomColorDegeneration: [0.2], RandomColorJitter: [] },
  ...{ RandomElasticTransform: [], RandomErasing: [], RandomFlip: ['horizontal'], RandomGaussianBlur: [] },
  ...{ RandomGrayscale: [], RandomHue: [0.2], RandomInvert: [], RandomPerspective: [], RandomPosterization: [4] },
  ...{
    RandomRotation: [0.2],
    RandomSaturation: [0.2],
    RandomSharpness: [0.2],
    RandomShear: [
      [0, 0.1],
      [0, 0.1],
    ],
  },
  ...{ RandomTranslation: [0.1, 0.1], RandomZoom: [0.2], MixUp: [], CutMix: [], AugMix: [], RandAugment: [] },
};

const preprocessing = {
  'image-preprocessing': () => {
    const x = Input({ shape: [8, 9, 3] });
    const stack = [
      new layers.Rescaling(0.5, { offset: 0.5 }),
      new layers.Resizing(7, 6, { cropToAspectRatio: true }),
      new layers.CenterCrop(5, 6),
      ...Object.entries(augmentations).map(([name, args]) => new layers[name](...args)),
      new layers.AutoContrast({ valueRange: [0, 1] }),
      new layers.Solarization(0.1, 0.1, { valueRange: [0, 1] }),
      new layers.GlobalAveragePooling2D(),
    ];
    return model(x, chain(x, ...stack, new layers.Dense(2)), 'image-preprocessing');
  },
  sounds: () => {
    const x = Input({ shape: [64] });
    const mel = new layers.MelSpectrogram(16, 8, { numMelBins: 4, samplingRate: 800 }).apply(x);
    const log = new layers.STFTSpectrogram({ frameLength: 16 }).apply(new layers.Reshape([64, 1]).apply(x));
    const flat = [mel, log].map((each) => new layers.Flatten().apply(each));
    const joined = new layers.Concatenate().apply(flat);
    const pipeline = new layers.Pipeline([new layers.Rescaling(0.1), new layers.Dense(3)]);
    return model(x, chain(joined, pipeline, new layers.Dense(2)), 'sounds');
  },
  numbers: () => {
    const x = Input({ shape: [3] });
    const count = Input({ shape: [1], dtype: 'int32', name: 'count' });
    const normal = new layers.Normalization({ mean: [0, 0.5, 1], variance: [1, 2, 3] }).apply(x);
    const bins = new layers.Discretization({ binBoundaries: [-0.5, 0, 0.5], outputMode: 'count' }).apply(x);
    const category = new layers.CategoryEncoding(7, { outputMode: 'one_hot' }).apply(count);
    const all = new layers.Concatenate().apply([normal, bins, category]);
    return model([x, count], new layers.Dense(2).apply(all), 'numbers');
  },
  strings: () => {
    const text = Input({ shape: [1], dtype: 'string', name: 'text' });
    const count = Input({ shape: [1], dtype: 'int64', name: 'count' });
    const vocabulary = ['red', 'green', 'blue'];
    const words = new layers.TextVectorization({ vocabulary, outputSequenceLength: 3 }).apply(text);
    const parts = [
      new layers.Flatten().apply(new layers.Embedding(6, 2).apply(words)),
      new layers.StringLookup({ vocabulary, outputMode: 'one_hot', numOovIndices: 2 }).apply(text),
      new layers.IntegerLookup({ vocabulary: [3, 1], outputMode: 'count' }).apply(count),
      new layers.Hashing(4, { outputMode: 'one_hot', salt: 3 }).apply(text),
      new layers.HashedCrossing(5, { outputMode: 'one_hot' }).apply([text, count]),
    ];
    return model([text, count], new layers.Dense(2).apply(new layers.Concatenate().apply(parts)), 'strings');
  },
};

/** The weights of strings, of which Keras infers the shape without an axis of size 1 only. */
function weighted() {
  const text = Input({ shape: [], dtype: 'string', name: 'text' });
  const options = { vocabulary: ['red', 'green', 'blue'], outputMode: 'tf_idf', idfWeights: [1, 2, 0.5] };
  return model(text, chain(text, new layers.TextVectorization(options), new layers.Dense(2)), 'weighted');
}

/** Models by name. */
export const layerModels = Object.entries({ ...recurrent, ...attention, ...families, ...preprocessing, weighted });

/** Models that train otherwise in Keras, which draws other random numbers and merges LoRA's product into the kernel of a file. */
export const trainsOtherwise = ['image-preprocessing', 'lora'];

/** Files that Keras cannot read, not even its own: a string of the config has the name of one of its functions. */
export const unreadable = ['scores.h5'];

/** Files that Keras cannot write. */
export const unwritable = ['image-preprocessing.h5'];

/** A model as a stack, for the classes that differ in files. */
export const stacked = () =>
  new Sequential([Input({ shape: [4, 3] }), new layers.GRU(2, { returnSequences: true }), new layers.Flatten()], {
    name: 'stacked',
  });
