export * from './activations.ts';
export * from './convolution.ts';
export * from './encoding.ts';
export * from './losses.ts';
export * from './normalization.ts';
export * from './pooling.ts';
export * from './softmax.ts';
export type { DataFormat, Padding } from './window-layout.ts';
