/** Layers that Keras defines beside FeatureSpace, not among its layers: files of models with encoded features contain them. */
export { TFDConcat } from './tfd-concat.ts';
export { TFDIdentity } from './tfd-identity.ts';
