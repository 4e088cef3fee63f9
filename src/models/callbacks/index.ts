export { Callback, type CallbackModel, type CallbackParams, type HookResult, type Logs } from './callback.ts';
export { CallbackList, type CallbackListOptions, type CallbacksLike } from './callback-list.ts';
export { EarlyStopping, type EarlyStoppingOptions } from './early-stopping.ts';
export { History } from './history.ts';
export { LambdaCallback, type LambdaCallbackOptions } from './lambda-callback.ts';
export type { MonitorMode } from './monitor.ts';
export { ProgbarLogger } from './progbar-logger.ts';
export { TerminateOnNaN } from './terminate-on-nan.ts';
