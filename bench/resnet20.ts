import { Input, type KerasTensor, Model } from 'evenkeel';
import { Activation, Add, BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D } from 'evenkeel/layers';
import { L2 } from 'evenkeel/regularizers';

export interface ResNet20Options {
  /** @default [32, 32, 3] */
  readonly shape?: readonly number[];
  /** @default 10 */
  readonly classes?: number;
  /** Whether the statistics of all processes are pooled. @default false */
  readonly synchronized?: boolean;
}

/**
 * ResNet-20 for CIFAR (He et al. 2015, section 4.2), as version 1 of Keras's example: three stages of three basic blocks,
 * and a 1×1 convolution where a shortcut changes its shape. bench/peers/keras_resnet20.py is the same network in Python.
 */
export function resnet20({ shape = [32, 32, 3], classes = 10, synchronized = false }: ResNet20Options = {}): Model {
  const convolved = (x: KerasTensor, filters: number, kernelSize: number, strides: number): KerasTensor =>
    new Conv2D(filters, kernelSize, {
      strides,
      padding: 'same',
      kernelInitializer: 'he_normal',
      kernelRegularizer: new L2({ l2: 1e-4 }),
    }).apply(x);
  const normalized = (x: KerasTensor, filters: number, strides = 1): KerasTensor =>
    new BatchNormalization({ synchronized }).apply(convolved(x, filters, 3, strides));
  const relu = (x: KerasTensor): KerasTensor => new Activation('relu').apply(x);

  const input = Input({ shape });
  let x = relu(normalized(input, 16));
  for (const [stage, filters] of [16, 32, 64].entries()) {
    for (let block = 0; block < 3; block++) {
      const changes = stage > 0 && block === 0;
      const strides = changes ? 2 : 1;
      const y = normalized(relu(normalized(x, filters, strides)), filters);
      const shortcut = changes ? convolved(x, filters, 1, strides) : x;
      x = relu(new Add().apply([shortcut, y]));
    }
  }
  const pooled = new GlobalAveragePooling2D().apply(x);
  const outputs = new Dense(classes, { activation: 'softmax', kernelInitializer: 'he_normal' }).apply(pooled);
  return new Model({ inputs: input, outputs });
}
