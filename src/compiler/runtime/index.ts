export { type EngineInfo, engineInfo } from './engine-info.ts';
export { loadRuntime } from './load.ts';
export type { DeviceMemory, Engine, MixedTensors, Runtime, Session, SessionOptions } from './runtime.ts';
export {
  type EngineFilesLocation,
  type EngineOptions,
  type EngineWorker,
  type WorkerChoice,
  setEngine,
  setEngineFiles,
  setThreads,
} from './settings.ts';
