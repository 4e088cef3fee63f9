/** The version of Keras whose files are written. */
export const KERAS_VERSION = '3.15.1';

/** What files name as the engine. Keras looks at it only to convert the kernels of other engines than TensorFlow. */
export const BACKEND = 'tensorflow';
