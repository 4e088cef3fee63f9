/**
 * Every learning-rate schedule: the exports of this file are the public classes, and the classes that configs refer to. A
 * new schedule is added by its line here.
 */
export { CosineDecayRestarts, type CosineDecayRestartsOptions } from './cosine-decay-restarts.ts';
export { CosineDecay, type CosineDecayOptions } from './cosine-decay.ts';
export { type DecayOptions, ExponentialDecay, InverseTimeDecay } from './decay.ts';
export { PiecewiseConstantDecay } from './piecewise-constant-decay.ts';
export { PolynomialDecay, type PolynomialDecayOptions } from './polynomial-decay.ts';
