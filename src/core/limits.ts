/*
 * Limits on the memory that a file may claim, so that a small damaged or hostile file cannot exhaust it. Each pair allows
 * any file a fixed number of bytes, and a larger claim only in proportion to the bytes that the file really stores.
 */

/** Bytes that the values of an HDF5 file may occupy in total, whatever the size of the file. */
export const HDF5_FREE_BYTES: number = 2 ** 28;

/** Bytes of values allowed per byte of an HDF5 file, above {@link HDF5_FREE_BYTES}. */
export const HDF5_MAX_EXPANSION = 4;

/** Bytes that one HDF5 dataset may declare, whatever the number of bytes stored for it: Keras's limit. */
export const DATASET_FREE_BYTES: number = 2 ** 32;

/** Bytes that one chunked HDF5 dataset may declare per stored byte, above {@link DATASET_FREE_BYTES}: Keras's limit. */
export const DATASET_MAX_EXPANSION = 1000;

/** Bytes to which the compressed members of a zip file may expand, whatever their compressed size: Keras's limit. */
export const ZIP_FREE_BYTES: number = 2 ** 26;

/** Bytes allowed per compressed byte of a zip file, above {@link ZIP_FREE_BYTES}: Keras's limit. */
export const ZIP_MAX_EXPANSION = 100;

/** Maximum number of bytes to which the compressed members of a zip file may expand in any case: Keras's limit. */
export const ZIP_MAX_BYTES: number = 2 ** 32;
