/** The version of the package, for files that say who wrote them; a test holds it to package.json. */
export const VERSION = '0.1.0';
