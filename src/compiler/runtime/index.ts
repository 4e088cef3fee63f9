export { loadRuntime } from './load.ts';
export type { Engine, Runtime, Session, SessionOptions } from './runtime.ts';
export { setEngine, setThreads } from './settings.ts';
