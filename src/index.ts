export * as activations from './activations/index.ts';
export * as callbacks from './models/callbacks/index.ts';
export * as constraints from './constraints/index.ts';
export * as initializers from './initializers/index.ts';
export * as layers from './layers/index.ts';
export * as losses from './losses/index.ts';
export * as metrics from './metrics/index.ts';
export * as normalization from './normalization/index.ts';
export * as ops from './operations/index.ts';
export * as optimizers from './optimizers/index.ts';
export * as regularizers from './regularizers/index.ts';
export * as utils from './utils/index.ts';
export {
  checkGradients,
  type CheckGradientsOptions,
  type GradientEntry,
  type GradientReport,
  type TensorGradient,
} from './checks/index.ts';
export type { Config, Json, SerializedObject } from './core/config.ts';
export type { DType, TypedArray } from './core/dtype.ts';
export { InternalError, NotImplementedError, ValueError } from './core/errors.ts';
export { resetNames } from './core/names.ts';
export { getRegisteredName, getRegisteredObject, registerKerasSerializable } from './core/registered.ts';
export { setRandomSeed } from './core/random.ts';
export type { CustomObjects } from './core/registry.ts';
export type { KnownShape, Shape } from './core/shape.ts';
export { type NestedArray, Tensor, type TensorLike, tensor } from './core/tensor.ts';
export { Trace } from './graph/trace.ts';
export { Value } from './graph/value.ts';
export { Variable } from './graph/variable.ts';
export { Input, KerasTensor, Layer } from './layers/index.ts';
export * from './models/index.ts';
export { jit, type ValueAndGradOptions, type ValueAndGradResult, valueAndGrad } from './program/index.ts';
export { type Engine, setEngine, setThreads } from './runtime/index.ts';
