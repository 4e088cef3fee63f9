export { clearSession } from './clear-session.ts';
export { type NormalizeOptions, normalize } from './normalize.ts';
export { toCategorical } from './to-categorical.ts';
