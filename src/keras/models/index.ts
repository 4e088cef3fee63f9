export { type CloneCallFunction, type CloneFunction, type CloneOptions, cloneModel } from './cloning.ts';
export type { CompileOptions, MetricsLike, PerOutput } from '../trainers/compile/compile-options.ts';
export type { ClassWeight } from '../trainers/data-adapters/class-weight.ts';
export type { BatchIterable, BatchLike, DataLike, TargetsLike, WeightsLike } from '../../core/data.ts';
export type { LayerClass, RunOptions } from '../callbacks/callback-model.ts';
export type { FileFormat } from '../saving/formats/formats.ts';
export type {
  LoadModelOptions,
  LoadWeightsOptions,
  SaveOptions,
  SaveWeightsOptions,
  ToBytesOptions,
} from '../saving/formats/saving-api.ts';
export type { FileSource } from '../saving/formats/read-source.ts';
export type { FileSet, NamedBytes } from '../saving/file-set.ts';
export type { ModelArtifacts } from '../saving/tensorflow-js/artifacts.ts';
export type { ModelFromJsonOptions, ToJsonOptions } from '../saving/formats/model-json.ts';
export { loadModel } from './load-model.ts';
export { modelFromJson } from './model-from-json.ts';
export type { FunctionalOptions, FunctionalSettings, ModelOptions, Symbolic } from './model-options.ts';
export type { ExportOptions } from '../export/export-onnx.ts';
export type { InputSignature } from '../export/signature.ts';
export { type AnyModel, Model } from './model.ts';
export { Sequential } from './sequential.ts';
export type { PrintFunction, SummaryOptions } from './summary/summary.ts';
export type { EvaluateOptions, FitOptions, PredictOptions, ValidationData, Verbose } from '../trainers/fit-options.ts';
export type { OnBatchOptions, TrainOnBatchOptions } from '../trainers/trainer.ts';
