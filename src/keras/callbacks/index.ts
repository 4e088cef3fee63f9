/**
 * The callbacks of Keras.
 *
 * @module evenkeel/callbacks
 */
export { Callback, type CallbackModel, type CallbackParams, type HookResult, type Logs } from './callback.ts';
export { CallbackList, type CallbackListOptions, type CallbacksLike } from './callback-list.ts';
export type { MonitorMode } from './monitor.ts';
export * from './roster.ts';
