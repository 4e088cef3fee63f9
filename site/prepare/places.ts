import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** The pages that VitePress builds; all of them are generated. */
export const pages: string = fileURLToPath(new URL('../pages', import.meta.url));

/** The built site. */
export const dist: string = fileURLToPath(new URL('../dist', import.meta.url));
