import * as activations from '../activations/index.ts';
import * as ops from '../ops/index.ts';
import { configured, elementwise, specify } from './families.ts';
import type { Specification } from '../ops/base/specification.ts';
import type { Symbolic } from './symbolic.ts';

/**
 * 1 / (1 + e⁻ˣ), the logistic function.
 * @see https://keras.io/api/ops/nn/#sigmoid-function
 */
export const sigmoid: Symbolic<typeof ops.sigmoid> = elementwise(ops.sigmoid, 'nn', 'Sigmoid', ['x']);

/**
 * log(1 + eˣ), which does not overflow for large x.
 * @see https://keras.io/api/ops/nn/#softplus-function
 */
export const softplus: Symbolic<typeof ops.softplus> = elementwise(ops.softplus, 'nn', 'Softplus', ['x']);

/**
 * max(x, 0), element by element.
 * @see https://keras.io/api/ops/nn/#relu-function
 */
export const relu: Symbolic<typeof ops.relu> = elementwise(ops.relu, 'nn', 'Relu', ['x']);

/**
 * min(max(x, 0), 6)
 * @see https://keras.io/api/layers/activations/#relu6-function
 */
export const relu6: Symbolic<typeof activations.relu6> = elementwise(activations.relu6, 'nn', 'Relu6', ['x']);

/**
 * x · sigmoid(x), also called swish.
 * @see https://arxiv.org/abs/1710.05941
 */
export const silu: Symbolic<typeof activations.silu> = elementwise(activations.silu, 'nn', 'Silu', ['x']);

/**
 * relu6(x + 3) / 6
 * @see https://keras.io/api/layers/activations/#hard_sigmoid-function
 */
export const hardSigmoid: Symbolic<typeof activations.hardSigmoid> = elementwise(
  activations.hardSigmoid,
  'nn',
  'HardSigmoid',
  ['x'],
);

/**
 * x · hardSigmoid(x)
 * @see https://arxiv.org/abs/1905.02244
 */
export const hardSilu: Symbolic<typeof activations.hardSilu> = elementwise(activations.hardSilu, 'nn', 'HardSilu', [
  'x',
]);

/**
 * 1.0507… · elu(x, alpha = 1.6732…), which keeps mean 0 and variance 1 from layer to layer.
 * @see https://arxiv.org/abs/1706.02515
 */
export const selu: Symbolic<typeof activations.selu> = elementwise(activations.selu, 'nn', 'Selu', ['x']);

/**
 * x / (1 + |x|)
 * @see https://keras.io/api/layers/activations/#softsign-function
 */
export const softsign: Symbolic<typeof activations.softsign> = elementwise(activations.softsign, 'nn', 'Softsign', [
  'x',
]);

/**
 * log(1 / (1 + e⁻ˣ)), without overflow.
 * @see https://keras.io/api/layers/activations/#log_sigmoid-function
 */
export const logSigmoid: Symbolic<typeof activations.logSigmoid> = elementwise(
  activations.logSigmoid,
  'nn',
  'LogSigmoid',
  ['x'],
);

/**
 * x kept within [−1, 1].
 * @see https://keras.io/api/layers/activations/#hard_tanh-function
 */
export const hardTanh: Symbolic<typeof activations.hardTanh> = elementwise(activations.hardTanh, 'nn', 'HardTanh', [
  'x',
]);

/**
 * x − tanh(x)
 * @see https://keras.io/api/layers/activations/#tanh_shrink-function
 */
export const tanhShrink: Symbolic<typeof activations.tanhShrink> = elementwise(
  activations.tanhShrink,
  'nn',
  'TanhShrink',
  ['x'],
);

/**
 * 0 up to −1, x from 1, (x + 1)² / 4 between.
 * @see https://keras.io/api/layers/activations/#sparse_plus-function
 */
export const sparsePlus: Symbolic<typeof activations.sparsePlus> = elementwise(
  activations.sparsePlus,
  'nn',
  'SparsePlus',
  ['x'],
);

/**
 * 0 up to −1, 1 from 1, (x + 1) / 2 between.
 * @see https://keras.io/api/layers/activations/#sparse_sigmoid-function
 */
export const sparseSigmoid: Symbolic<typeof activations.sparseSigmoid> = elementwise(
  activations.sparseSigmoid,
  'nn',
  'SparseSigmoid',
  ['x'],
);

/**
 * x where x > 0, negativeSlope · x elsewhere.
 * @see https://keras.io/api/layers/activations/#leaky_relu-function
 */
export const leakyRelu: Symbolic<typeof activations.leakyRelu> = configured(
  activations.leakyRelu,
  { room: 'nn', className: 'LeakyRelu', parameters: ['x'], options: { negative_slope: 0.2 } },
  (x, { negativeSlope = 0.2 } = {}) => ({ args: [x], config: { negative_slope: negativeSlope } }),
  ([x], options) => activations.leakyRelu(x, { negativeSlope: options.get('negative_slope') }),
);

/**
 * x where x > 0, alpha · (eˣ − 1) elsewhere.
 * @see https://arxiv.org/abs/1511.07289
 */
export const elu: Symbolic<typeof activations.elu> = configured(
  activations.elu,
  { room: 'nn', className: 'Elu', parameters: ['x'], options: { alpha: 1 } },
  (x, { alpha = 1 } = {}) => ({ args: [x], config: { alpha } }),
  ([x], options) => activations.elu(x, { alpha: options.get('alpha') }),
);

/**
 * max(x, 0) + alpha · (e^(min(x, 0) / alpha) − 1): elu with a continuous derivative.
 * @see https://arxiv.org/abs/1704.07483
 */
export const celu: Symbolic<typeof activations.celu> = configured(
  activations.celu,
  { room: 'nn', className: 'Celu', parameters: ['x'], options: { alpha: 1 } },
  (x, { alpha = 1 } = {}) => ({ args: [x], config: { alpha } }),
  ([x], options) => activations.celu(x, { alpha: options.get('alpha') }),
);

/**
 * a · sigmoid(b), where a and b are the two halves of x along an axis.
 * @see https://arxiv.org/abs/1612.08083
 */
export const glu: Symbolic<typeof activations.glu> = configured(
  activations.glu,
  { room: 'nn', className: 'Glu', parameters: ['x'], options: { axis: -1 } },
  (x, { axis = -1 } = {}) => ({ args: [x], config: { axis } }),
  ([x], options) => activations.glu(x, { axis: options.get('axis') }),
);

/**
 * The nearest point of the simplex: max(x − τ, 0), with τ such that the outputs add up to 1.
 * @see https://arxiv.org/abs/1602.02068
 */
export const sparsemax: Symbolic<typeof activations.sparsemax> = configured(
  activations.sparsemax,
  { room: 'nn', className: 'Sparsemax', parameters: ['x'], options: { axis: -1 } },
  (x, { axis = -1 } = {}) => ({ args: [x], config: { axis } }),
  ([x], options) => activations.sparsemax(x, { axis: options.get('axis') }),
);

/**
 * x − threshold above the threshold, x + threshold below its negative, 0 between.
 * @see https://keras.io/api/layers/activations/#soft_shrink-function
 */
export const softShrink: Symbolic<typeof activations.softShrink> = configured(
  activations.softShrink,
  { room: 'nn', className: 'SoftShrink', parameters: ['x'], options: { threshold: 0.5 } },
  (x, { threshold = 0.5 } = {}) => ({ args: [x], config: { threshold } }),
  ([x], options) => activations.softShrink(x, { threshold: options.get('threshold') }),
);

/**
 * x where |x| > threshold, 0 elsewhere.
 * @see https://keras.io/api/layers/activations/#hard_shrink-function
 */
export const hardShrink: Symbolic<typeof activations.hardShrink> = configured(
  activations.hardShrink,
  { room: 'nn', className: 'HardShrink', parameters: ['x'], options: { threshold: 0.5 } },
  (x, { threshold = 0.5 } = {}) => ({ args: [x], config: { threshold } }),
  ([x], options) => activations.hardShrink(x, { threshold: options.get('threshold') }),
);

/**
 * (x + √(x² + b)) / 2
 * @see https://arxiv.org/abs/2112.11687
 */
export const squareplus: Symbolic<typeof activations.squareplus> = configured(
  activations.squareplus,
  { room: 'nn', className: 'Squareplus', parameters: ['x'], options: { b: 4 } },
  (x, { b = 4 } = {}) => ({ args: [x], config: { b } }),
  ([x], options) => activations.squareplus(x, { b: options.get('b') }),
);

/**
 * x · Φ(x), Φ the normal distribution; with tanh in the place of erf unless `approximate` is false, as in `keras.ops`.
 * @see https://keras.io/api/ops/nn/#gelu-function
 */
export const gelu: Symbolic<typeof activations.gelu> = configured(
  function gelu(x: ops.Operand, { approximate = true }: { approximate?: boolean } = {}) {
    return activations.gelu(x, { approximate });
  },
  { room: 'nn', className: 'Gelu', parameters: ['x'], options: { approximate: true } },
  (x, { approximate = true } = {}) => ({ args: [x], config: { approximate } }),
  ([x], options) => activations.gelu(x, { approximate: options.get('approximate') }),
);

/**
 * x where x > limit, defaultValue elsewhere.
 * @see https://keras.io/api/layers/activations/#threshold-function
 */
export const threshold: Symbolic<typeof activations.threshold> = configured(
  activations.threshold,
  {
    room: 'nn',
    className: 'Threshold',
    parameters: ['x'],
    options: { threshold: undefined, default_value: undefined },
  },
  (x, limit, defaultValue) => ({ args: [x], config: { threshold: limit, default_value: defaultValue } }),
  ([x], options) => activations.threshold(x, options.get('threshold'), options.get('default_value')),
);

/** What Keras has under another name. */
export const others: readonly Specification[] = [
  {
    // What keras.activations.relu is where it has options.
    ...specify(
      {
        room: 'nn',
        className: 'ReLU',
        parameters: ['x'],
        options: { negative_slope: 0, max_value: null, threshold: 0 },
      },
      ([x], options) =>
        activations.relu(x, {
          negativeSlope: options.get('negative_slope'),
          maxValue: options.get('max_value'),
          threshold: options.get('threshold'),
        }),
    ),
    module: 'keras.src.activations.activations',
  },
];
