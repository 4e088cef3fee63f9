import { readFileSync } from 'node:fs';

/** The programs in README.md: its blocks of TypeScript, in order. */
export const readmePrograms: readonly string[] = [
  ...readFileSync(new URL('../../README.md', import.meta.url), 'utf8').matchAll(/```ts\n(.*?)```/gs),
].map(([, code = '']) => code);
