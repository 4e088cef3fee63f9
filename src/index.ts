/**
 * Models, tensors, `jit` and gradients, files, and the other modules as namespaces.
 *
 * @module evenkeel
 */
export * as activations from './keras/activations/index.ts';
export * as callbacks from './keras/callbacks/index.ts';
export * as constraints from './keras/constraints/index.ts';
export * as data from './keras/data/index.ts';
export * as distribution from './keras/distribution/index.ts';
export * as fields from './keras/saving/public-fields.ts';
export * as initializers from './keras/initializers/index.ts';
export * as layers from './keras/layers/index.ts';
export * as losses from './keras/losses/index.ts';
export * as metrics from './keras/metrics/index.ts';
export * as normalization from './tools/normalization/index.ts';
export * as ops from './keras/ops/index.ts';
export * as optimizers from './keras/optimizers/index.ts';
export * as random from './keras/random/index.ts';
export * as regularizers from './keras/regularizers/index.ts';
export * as tree from './keras/tree/index.ts';
export * as utils from './keras/utils/index.ts';
export {
  checkGradients,
  type CheckGradientsOptions,
  type GradientEntry,
  type GradientReport,
  type TensorGradient,
} from './tools/testing/index.ts';
export { gradients } from './compiler/autodiff/index.ts';
export type { Config, Json, SerializedObject } from './core/config.ts';
export type { DType, TypedArray } from './core/dtype.ts';
export { DTypePolicy, type DTypeLike, dtypePolicy, type HalfPolicy, setDtypePolicy } from './core/dtype-policy.ts';
export { InternalError, NotImplementedError, ValueError } from './core/errors.ts';
export { resetNames } from './core/names.ts';
export {
  getRegisteredName,
  getRegisteredObject,
  type RegisteredObjectOptions,
  registerKerasSerializable,
} from './keras/saving/object-registration.ts';
export { setRandomSeed } from './core/random.ts';
export type { CustomObjects } from './keras/saving/registry.ts';
export type { KnownShape, Shape } from './core/shape.ts';
export {
  type ArrayData,
  type ElementList,
  type Elements,
  type ImageDataLike,
  type NestedArray,
  type NestedData,
  Tensor,
  type TensorLike,
  tensor,
} from './core/tensor.ts';
export { Trace } from './compiler/graph/trace.ts';
export { Value } from './compiler/ir/value.ts';
export { Variable } from './compiler/ir/variable.ts';
export { Callback, type Logs } from './keras/callbacks/callback.ts';
export { History } from './keras/callbacks/history.ts';
export { Input, KerasTensor, Layer } from './keras/layers/index.ts';
export * from './keras/models/index.ts';
export {
  evaluate,
  jit,
  type JitOptions,
  type ValueAndGradOptions,
  type ValueAndGradResult,
  valueAndGrad,
} from './compiler/program/index.ts';
export {
  type Engine,
  type EngineFilesLocation,
  type EngineInfo,
  type EngineOptions,
  type EngineWorker,
  engineInfo,
  setEngine,
  setEngineFiles,
  setThreads,
  type WorkerChoice,
} from './compiler/runtime/index.ts';
export { loadPyTorchWeights } from './tools/pytorch/load-pytorch-weights.ts';
export type { LoadPyTorchWeightsOptions, PyTorchNames, PyTorchReport } from './tools/pytorch/options.ts';
