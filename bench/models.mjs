import { Sequential } from 'evenkeel';
import {
  Activation,
  BatchNormalization,
  Conv1D,
  Dense,
  GlobalAveragePooling1D,
  LSTM,
  MaxPooling1D,
} from 'evenkeel/layers';
import { article } from './article.mjs';
import { mobileNetV2 } from './imagenet-networks.ts';
import { resnet20 } from './resnet20.ts';
import { transformer } from './transformer.ts';
import { unet } from './unet.ts';

/** @typedef {import('./workloads.mjs').Workload} Workload */

const dense = () =>
  new Sequential([
    ...[1, 2, 3].flatMap(() => [new Dense(100), new BatchNormalization(), new Activation('sigmoid')]),
    new Dense(10, { activation: 'softmax' }),
  ]);

/** Three 1-D convolutions with normalization, the first two pooled. */
const sequence = () => {
  const block = (filters, kernelSize) => [
    new Conv1D(filters, kernelSize, { padding: 'same' }),
    new BatchNormalization(),
    new Activation('relu'),
  ];
  return new Sequential([
    ...block(32, 7),
    new MaxPooling1D(),
    ...block(64, 5),
    new MaxPooling1D(),
    ...block(128, 3),
    new GlobalAveragePooling1D(),
    new Dense(10, { activation: 'softmax' }),
  ]);
};

const lstm = () => new Sequential([new LSTM(128), new Dense(10, { activation: 'softmax' })]);

/** The networks that are trained from scratch: how one is made, and what is not Adam or sparse categorical crossentropy. */
const networks = {
  article: { make: article },
  dense: { make: dense, optimizer: 'sgd' }, // Its learning rate is 0.01 unless another is given.
  resnet20: { make: resnet20 },
  unet: { make: ({ row }) => unet(row), loss: 'binary_crossentropy' },
  mobilenetv2: { make: ({ row, classes }) => mobileNetV2(row, classes) },
  sequence: { make: sequence },
  lstm: { make: lstm },
  transformer: { make: ({ row }) => transformer(row) },
};

/**
 * A new network, built and compiled.
 *
 * @param {Workload} workload
 */
export function makeModel(workload) {
  const { make, optimizer = 'adam', loss = 'sparse_categorical_crossentropy' } = networks[workload.network];
  const model = make(workload);
  model.build([null, ...workload.row]);
  model.compile({ optimizer, loss });
  return model;
}
