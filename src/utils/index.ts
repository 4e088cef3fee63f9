export { type NormalizeOptions, normalize } from './normalize.ts';
