/**
 * Every optimizer: the exports of this file are the public classes, and the classes that names and configs refer to. A new
 * optimizer is added by its line here.
 */
export { Adadelta, type AdadeltaOptions } from './adadelta.ts';
export { Adafactor, type AdafactorOptions } from './adafactor.ts';
export { Adagrad, type AdagradOptions } from './adagrad.ts';
export { Adam, type AdamOptions, AdamW } from './adam.ts';
export { Adamax, type AdamaxOptions } from './adamax.ts';
export { Ftrl, type FtrlOptions } from './ftrl.ts';
export { Lamb, type LambOptions } from './lamb.ts';
export { Lion, type LionOptions } from './lion.ts';
export { Muon, type MuonOptions } from './muon.ts';
export { Nadam, type NadamOptions } from './nadam.ts';
export { RMSprop, type RMSpropOptions } from './rmsprop.ts';
export { ScheduleFreeAdamW, type ScheduleFreeAdamWOptions } from './schedule-free-adamw.ts';
export { SGD, type SGDOptions } from './sgd.ts';
