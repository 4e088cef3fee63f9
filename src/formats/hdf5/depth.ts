/** The maximum number of groups inside each other, which are read and written recursively. */
export const DEEPEST = 512;
