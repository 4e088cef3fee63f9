/**
 * The layers of Keras.
 *
 * @module evenkeel/layers
 */
export * from './activations/index.ts';
export * from './attention/index.ts';
export type { ApplyOptions } from './base/apply-options.ts';
export { CallContext } from './base/call-context.ts';
export type { InputShape } from './base/input-shape.ts';
export { InputSpec, type InputSpecOptions, type InputSpecs } from './base/input-spec.ts';
export type { LayerOptions } from './base/layer-options.ts';
export { Layer } from './base/layer.ts';
export type { WeightOptions } from './base/weight-list.ts';
export * from './convolutional/index.ts';
export * from './core/index.ts';
export * from './merging/index.ts';
export * from './normalization/index.ts';
export * from './pooling/index.ts';
export * from './preprocessing/index.ts';
export * from './regularization/index.ts';
export * from './reshaping/index.ts';
export * from './rnn/index.ts';
export { type SerializedLayer, deserializeLayer as deserialize, serializeLayer as serialize } from './serialization.ts';
export { Wrapper, type WrapperOptions } from './wrapper.ts';
export { KerasTensor, type Node as LayerNode } from '../ops/base/keras-tensor.ts';
