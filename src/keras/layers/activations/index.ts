export { Activation, type ActivationOptions } from './activation.ts';
export { ELU, type ELULayerOptions } from './elu.ts';
export { LeakyReLU, type LeakyReLULayerOptions } from './leaky-relu.ts';
export { PReLU, type PReLUOptions } from './prelu.ts';
export { ReLU, type ReLULayerOptions } from './relu.ts';
export { Softmax, type SoftmaxOptions } from './softmax.ts';
