/** The other names that Keras has for layers. Configs may have them too; they are written with the first. */
import { Conv1DTranspose } from './convolutional/conv1d-transpose.ts';
import { Conv1D } from './convolutional/conv1d.ts';
import { Conv2DTranspose } from './convolutional/conv2d-transpose.ts';
import { Conv2D } from './convolutional/conv2d.ts';
import { Conv3DTranspose } from './convolutional/conv3d-transpose.ts';
import { Conv3D } from './convolutional/conv3d.ts';
import { SeparableConv1D } from './convolutional/separable-conv1d.ts';
import { SeparableConv2D } from './convolutional/separable-conv2d.ts';
import { AveragePooling1D } from './pooling/average-pooling1d.ts';
import { AveragePooling2D } from './pooling/average-pooling2d.ts';
import { AveragePooling3D } from './pooling/average-pooling3d.ts';
import { GlobalAveragePooling1D } from './pooling/global-average-pooling1d.ts';
import { GlobalAveragePooling2D } from './pooling/global-average-pooling2d.ts';
import { GlobalAveragePooling3D } from './pooling/global-average-pooling3d.ts';
import { GlobalMaxPooling1D } from './pooling/global-max-pooling1d.ts';
import { GlobalMaxPooling2D } from './pooling/global-max-pooling2d.ts';
import { GlobalMaxPooling3D } from './pooling/global-max-pooling3d.ts';
import { MaxPooling1D } from './pooling/max-pooling1d.ts';
import { MaxPooling2D } from './pooling/max-pooling2d.ts';
import { MaxPooling3D } from './pooling/max-pooling3d.ts';
import type { LayerClasses } from './serialization.ts';

export {
  AveragePooling1D as AvgPool1D,
  AveragePooling2D as AvgPool2D,
  AveragePooling3D as AvgPool3D,
  Conv1D as Convolution1D,
  Conv1DTranspose as Convolution1DTranspose,
  Conv2D as Convolution2D,
  Conv2DTranspose as Convolution2DTranspose,
  Conv3D as Convolution3D,
  Conv3DTranspose as Convolution3DTranspose,
  GlobalAveragePooling1D as GlobalAvgPool1D,
  GlobalAveragePooling2D as GlobalAvgPool2D,
  GlobalAveragePooling3D as GlobalAvgPool3D,
  GlobalMaxPooling1D as GlobalMaxPool1D,
  GlobalMaxPooling2D as GlobalMaxPool2D,
  GlobalMaxPooling3D as GlobalMaxPool3D,
  MaxPooling1D as MaxPool1D,
  MaxPooling2D as MaxPool2D,
  MaxPooling3D as MaxPool3D,
  SeparableConv1D as SeparableConvolution1D,
  SeparableConv2D as SeparableConvolution2D,
};

/** Those of layers with one kernel, which layers that normalize weights may hold. */
export const kernelAliases: LayerClasses = {
  Convolution1D: Conv1D,
  Convolution1DTranspose: Conv1DTranspose,
  Convolution2D: Conv2D,
  Convolution2DTranspose: Conv2DTranspose,
  Convolution3D: Conv3D,
  Convolution3DTranspose: Conv3DTranspose,
};

/** All of them, as configs know them. */
export const layerAliases: LayerClasses = {
  ...kernelAliases,
  AvgPool1D: AveragePooling1D,
  AvgPool2D: AveragePooling2D,
  AvgPool3D: AveragePooling3D,
  GlobalAvgPool1D: GlobalAveragePooling1D,
  GlobalAvgPool2D: GlobalAveragePooling2D,
  GlobalAvgPool3D: GlobalAveragePooling3D,
  GlobalMaxPool1D: GlobalMaxPooling1D,
  GlobalMaxPool2D: GlobalMaxPooling2D,
  GlobalMaxPool3D: GlobalMaxPooling3D,
  MaxPool1D: MaxPooling1D,
  MaxPool2D: MaxPooling2D,
  MaxPool3D: MaxPooling3D,
  SeparableConvolution1D: SeparableConv1D,
  SeparableConvolution2D: SeparableConv2D,
};
