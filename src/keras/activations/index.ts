/**
 * The activations of Keras.
 *
 * @module evenkeel/activations
 */
export * from './activations.ts';
export { type Activation, type ActivationIdentifier, deserialize, get, serialize } from './resolve.ts';
