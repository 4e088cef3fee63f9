/** The version of the package, for files that record their writer; a test compares it with package.json. */
export const VERSION = '0.1.0';
