/** Layers that Keras defines inside its applications, not among its layers: files of those networks contain them. */
export { CustomScaleLayer } from './custom-scale-layer.ts';
export { LayerScale } from './layer-scale.ts';
export { StochasticDepth } from './stochastic-depth.ts';
