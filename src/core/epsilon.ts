/**
 * Keras's fuzz factor, `keras.config.epsilon()`: it keeps quotients and logarithms finite, and probabilities away from
 * 0 and 1.
 */
export const EPSILON = 1e-7;
