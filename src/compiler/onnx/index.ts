export {
  DataType,
  type ExternalData,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxOpset,
  type OnnxTensor,
  type OnnxValueInfo,
} from './messages.ts';
export { mapBodies, namesReadBy, renameReads, renameValues } from './bodies.ts';
export { dataTypeOf, int64Tensor, integersOf, onnxTensor } from './tensors.ts';
