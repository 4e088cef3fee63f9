export { CosineDecayRestarts, type CosineDecayRestartsOptions } from './cosine-decay-restarts.ts';
export { CosineDecay, type CosineDecayOptions } from './cosine-decay.ts';
export { type DecayOptions, ExponentialDecay, InverseTimeDecay } from './decay.ts';
export type { Maths } from './maths.ts';
export { PiecewiseConstantDecay } from './piecewise-constant-decay.ts';
export { PolynomialDecay, type PolynomialDecayOptions } from './polynomial-decay.ts';
export { type ScheduleIdentifier, deserialize, get, serialize } from './resolve.ts';
export { LearningRateSchedule, type ScheduleOptions } from './schedule.ts';
