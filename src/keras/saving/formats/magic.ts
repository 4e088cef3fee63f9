/** The first bytes of zip archives, HDF5 files and JSON objects. */
export const ZIP: readonly number[] = [0x50, 0x4b, 0x03, 0x04];
export const HDF5: readonly number[] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
export const JSON_OBJECT: readonly number[] = [0x7b];
