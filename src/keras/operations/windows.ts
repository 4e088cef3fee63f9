import * as ops from '../ops/index.ts';
import { configured } from './families.ts';
import type { Options } from '../ops/base/specification.ts';
import type { Symbolic } from './symbolic.ts';

const CONVOLUTION = { strides: 1, padding: 'valid', data_format: null, dilation_rate: 1 };
const POOLING = { pool_size: undefined, strides: null, padding: 'valid', data_format: null };

/**
 * Convolution over 1, 2 or 3 spatial axes; as everywhere in deep learning, the kernel is not mirrored:
 * @see https://keras.io/api/ops/nn/#conv-function
 */
export const conv: Symbolic<typeof ops.conv> = configured(
  ops.conv,
  { room: 'nn', className: 'Conv', parameters: ['inputs', 'kernel'], options: CONVOLUTION },
  (x, kernel, options) => ({ args: [x, kernel], config: writeConvolution(options) }),
  ([x, kernel], options) => ops.conv(x, kernel, readConvolution(options)),
);

/**
 * Convolution of each channel with filters of its own:
 * @see https://keras.io/api/ops/nn/#depthwise_conv-function
 */
export const depthwiseConv: Symbolic<typeof ops.depthwiseConv> = configured(
  ops.depthwiseConv,
  { room: 'nn', className: 'DepthwiseConv', parameters: ['inputs', 'kernel'], options: CONVOLUTION },
  (x, kernel, options) => ({ args: [x, kernel], config: writeConvolution(options) }),
  ([x, kernel], options) => ops.depthwiseConv(x, kernel, readConvolution(options)),
);

/**
 * A {@link depthwiseConv}, and a convolution over single positions that mixes its channels.
 * @see https://keras.io/api/ops/nn/#separable_conv-function
 */
export const separableConv: Symbolic<typeof ops.separableConv> = configured(
  ops.separableConv,
  {
    room: 'nn',
    className: 'SeparableConv',
    parameters: ['inputs', 'depthwise_kernel', 'pointwise_kernel'],
    options: CONVOLUTION,
  },
  (x, depthwise, pointwise, options) => ({ args: [x, depthwise, pointwise], config: writeConvolution(options) }),
  ([x, depthwise, pointwise], options) => ops.separableConv(x, depthwise, pointwise, readConvolution(options)),
);

/**
 * Transposed convolution over 1, 2 or 3 spatial axes: each element of x adds a copy of the kernel, times itself, to
 * the result. It is the gradient of conv with respect to its x.
 * @see https://keras.io/api/ops/nn/#conv_transpose-function
 */
export const convTranspose: Symbolic<typeof ops.convTranspose> = configured(
  ops.convTranspose,
  {
    room: 'nn',
    className: 'ConvTranspose',
    parameters: ['inputs', 'kernel'],
    options: { strides: 1, padding: 'valid', output_padding: null, data_format: null, dilation_rate: 1 },
  },
  (x, kernel, { outputPadding, ...options } = {}) => {
    const { strides, padding, ...rest } = writeConvolution(options);
    return { args: [x, kernel], config: { strides, padding, output_padding: outputPadding ?? null, ...rest } };
  },
  ([x, kernel], options) =>
    ops.convTranspose(x, kernel, { ...readConvolution(options), outputPadding: options.get('output_padding') }),
);

/**
 * The greatest element of each window, over 1, 2 or 3 spatial axes.
 * @see https://keras.io/api/ops/nn/#max_pool-function
 */
export const maxPool: Symbolic<typeof ops.maxPool> = configured(
  ops.maxPool,
  { room: 'nn', className: 'MaxPool', parameters: ['inputs'], options: POOLING },
  (x, poolSize, options) => ({ args: [x], config: writePooling(poolSize, options) }),
  ([x], options) => ops.maxPool(x, options.get('pool_size'), readPooling(options)),
);

/**
 * The mean of each window, over 1, 2 or 3 spatial axes; padding does not count.
 * @see https://keras.io/api/ops/nn/#average_pool-function
 */
export const averagePool: Symbolic<typeof ops.averagePool> = configured(
  ops.averagePool,
  { room: 'nn', className: 'AveragePool', parameters: ['inputs'], options: POOLING },
  (x, poolSize, options) => ({ args: [x], config: writePooling(poolSize, options) }),
  ([x], options) => ops.averagePool(x, options.get('pool_size'), readPooling(options)),
);

function writeConvolution(options: ops.ConvOptions = {}) {
  const { strides = 1, padding = 'valid', dataFormat = 'channels_last', dilationRate = 1 } = options;
  return { strides, padding, data_format: dataFormat, dilation_rate: dilationRate };
}

function readConvolution(options: Options): ops.ConvOptions {
  return {
    strides: options.get('strides'),
    padding: options.get('padding'),
    dataFormat: formatOf(options),
    dilationRate: options.get('dilation_rate'),
  };
}

function writePooling(poolSize: number | readonly number[], options: ops.PoolOptions = {}) {
  const { strides = null, padding = 'valid', dataFormat = 'channels_last' } = options;
  return { pool_size: poolSize, strides, padding, data_format: dataFormat };
}

function readPooling(options: Options): ops.PoolOptions {
  return { strides: options.get('strides'), padding: options.get('padding'), dataFormat: formatOf(options) };
}

function formatOf(options: Options): ops.DataFormat {
  return options.get<ops.DataFormat | null>('data_format') ?? 'channels_last';
}
