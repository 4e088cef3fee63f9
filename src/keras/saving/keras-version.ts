/** The version of Keras whose files are written. */
export const KERAS_VERSION = '3.15.1';

/** The backend that files declare. Keras uses it only to convert kernels that a backend other than TensorFlow wrote. */
export const BACKEND = 'tensorflow';
