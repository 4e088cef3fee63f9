import { Input, type KerasTensor, Model } from 'evenkeel';
import {
  Activation,
  BatchNormalization,
  Concatenate,
  Conv2D,
  Conv2DTranspose,
  MaxPooling2D,
  UpSampling2D,
} from 'evenkeel/layers';

/**
 * A small U-Net (Ronneberger et al. 2015) with padding and batch normalization: two levels down, two up, and a sigmoid for
 * each pixel. The first way up is a transposed convolution, the second an upsampling with a convolution, so that both
 * usual forms are measured. bench/peers/keras_networks.py is the same network in Python.
 */
export function unet(shape: readonly number[]): Model {
  const block = (x: KerasTensor, filters: number): KerasTensor => {
    let y = x;
    for (let i = 0; i < 2; i++) {
      const convolved = new Conv2D(filters, 3, { padding: 'same' }).apply(y);
      y = new Activation('relu').apply(new BatchNormalization().apply(convolved));
    }
    return y;
  };
  const joined = (skipped: KerasTensor, x: KerasTensor): KerasTensor => new Concatenate().apply([skipped, x]);

  const input = Input({ shape });
  const high = block(input, 32);
  const middle = block(new MaxPooling2D().apply(high), 64);
  const low = block(new MaxPooling2D().apply(middle), 128);
  const raised = new Conv2DTranspose(64, 2, { strides: 2 }).apply(low);
  const up = block(joined(middle, raised), 64);
  const widened = new Conv2D(32, 2, { padding: 'same' }).apply(new UpSampling2D().apply(up));
  const features = block(joined(high, widened), 32);
  return new Model({ inputs: input, outputs: new Conv2D(1, 1, { activation: 'sigmoid' }).apply(features) });
}
