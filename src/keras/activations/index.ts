export * from './rectifiers.ts';
export { type Activation, type ActivationIdentifier, deserialize, get, serialize } from './resolve.ts';
export * from './sigmoids.ts';
export * from './softmaxes.ts';
