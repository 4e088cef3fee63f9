export { CallContext } from './call-context.ts';
export { KerasTensor } from './keras-tensor.ts';
export { Layer, type ApplyOptions, type LayerOptions, type WeightOptions } from './layer.ts';
