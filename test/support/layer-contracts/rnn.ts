import * as layers from '../../../src/keras/layers/index.ts';
import type { LayerOptions } from '../../../src/keras/layers/index.ts';
import type { LayerContract } from '../layer-contract.ts';

const sequence = [2, 4, 3];
const steps = { inputShape: sequence, maskShape: [2, 4], supportsMasking: true };
const ofCell = (cell: string): Readonly<Record<string, string>> => ({
  kernel: cell,
  recurrent_kernel: cell,
  bias: cell,
});
/** A layer inside has a dtype of its own, as in Keras. */
const dtypeOf = ({ dtype }: LayerOptions): LayerOptions => (dtype === undefined ? {} : { dtype });

/** Cases of recurrent layers. Cells are tested in the layers that apply them: they receive their states along with the input. */
export const rnnContracts: Readonly<Record<string, LayerContract>> = {
  RNN: {
    ...steps,
    make: (options) => new layers.RNN(new layers.LSTMCell(2, { name: 'inner', ...dtypeOf(options) }), options),
    trainableWeights: 3,
    consumesMask: true,
    innerWeights: ofCell('inner'),
  },
  'RNN of stacked cells': {
    ...steps,
    make: (options) =>
      new layers.RNN(
        [new layers.GRUCell(2, { useBias: false, ...dtypeOf(options) }), new layers.SimpleRNNCell(3, dtypeOf(options))],
        options,
      ),
    trainableWeights: 5,
    consumesMask: true,
    hasUnnamedWeights: true,
  },
  SimpleRNN: {
    ...steps,
    make: (options) => new layers.SimpleRNN(2, options),
    trainableWeights: 3,
    consumesMask: true,
    innerWeights: ofCell('simple_rnn_cell'),
  },
  LSTM: {
    ...steps,
    make: (options) => new layers.LSTM(2, { ...options, returnSequences: true, dropout: 0.2, recurrentDropout: 0.2 }),
    trainableWeights: 3,
    innerWeights: ofCell('lstm_cell'),
  },
  GRU: {
    ...steps,
    make: (options) => new layers.GRU(2, { ...options, returnSequences: true, goBackwards: true, dropout: 0.2 }),
    trainableWeights: 3,
    innerWeights: ofCell('gru_cell'),
  },
  Bidirectional: {
    ...steps,
    make: (options) =>
      new layers.Bidirectional(new layers.GRU(2, { returnSequences: true, ...dtypeOf(options) }), options),
    trainableWeights: 6,
    hasUnnamedWeights: true,
  },
  TimeDistributed: {
    ...steps,
    make: (options) => new layers.TimeDistributed(new layers.Dense(2, { name: 'inner', ...dtypeOf(options) }), options),
    trainableWeights: 2,
    innerWeights: { kernel: 'inner', bias: 'inner' },
  },
  ConvLSTM1D: {
    ...steps,
    make: (options) => new layers.ConvLSTM1D(2, 2, options),
    inputShape: [2, 3, 5, 2],
    maskShape: [2, 3],
    trainableWeights: 3,
    consumesMask: true,
    innerWeights: ofCell('conv_lstm_cell'),
  },
  ConvLSTM2D: {
    ...steps,
    make: (options) => new layers.ConvLSTM2D(2, 2, { ...options, padding: 'same', recurrentDropout: 0.2 }),
    inputShape: [1, 2, 3, 4, 2],
    maskShape: [1, 2],
    trainableWeights: 3,
    consumesMask: true,
    innerWeights: ofCell('conv_lstm_cell'),
  },
  ConvLSTM3D: {
    ...steps,
    make: (options) => new layers.ConvLSTM3D(2, [1, 2, 2], { ...options, returnSequences: true }),
    inputShape: [1, 2, 2, 3, 2, 1],
    maskShape: [1, 2],
    trainableWeights: 3,
    innerWeights: ofCell('conv_lstm_cell'),
  },
};
