/**
 * The initializers of Keras.
 *
 * @module evenkeel/initializers
 */
export type { InitializerFunction } from './function-initializer.ts';
export { Initializer } from './initializer.ts';
export { RandomInitializer, type SeedOption } from './random-initializer.ts';
export { type InitializerIdentifier, deserialize, get, serialize } from './resolve.ts';
export * from './roster.ts';
export type { WindowName } from './windows.ts';
