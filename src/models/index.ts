export { type CloneFunction, type CloneOptions, cloneModel } from './clone/clone-model.ts';
export { Callback, type Logs } from './callbacks/callback.ts';
export { History } from './callbacks/history.ts';
export type { CompileOptions, MetricsLike, PerOutput } from './compile/compile-options.ts';
export type { ClassWeight } from './data/class-weight.ts';
export type { BatchIterable, BatchLike, DataLike, WeightsLike } from './data/read-data.ts';
export type { ModelOptions, PrintFunction } from './base-model.ts';
export { type LoadModelOptions, loadModel } from './files/load-model.ts';
export type { LoadWeightsOptions } from './files/load-weights.ts';
export type { FileFormat, SaveOptions, SaveWeightsOptions, ToBytesOptions } from './files/save-model.ts';
export type { FileSource } from './files/source.ts';
export type { FunctionalOptions, Symbolic } from './functional/functional-options.ts';
export type { ExportOptions } from './export/export-onnx.ts';
export type { InputSignature } from './export/signature.ts';
export { Model, Sequential } from './model.ts';
export {
  type LoadPyTorchWeightsOptions,
  loadPyTorchWeights,
  type PyTorchNames,
  type PyTorchReport,
} from './pytorch/load-pytorch-weights.ts';
export type { SummaryOptions } from './summary/summary.ts';
export type { EvaluateOptions, FitOptions, PredictOptions, ValidationData, Verbose } from './training/fit-options.ts';
export type { OnBatchOptions, TrainOnBatchOptions } from './training/trainer.ts';
