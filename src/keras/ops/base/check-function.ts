import { show } from '../../../core/errors.ts';

/** @throws TypeError if an argument is not a function. */
export function checkFunction(who: string, argument: string, given: unknown): void {
  if (typeof given === 'function') return;
  throw new TypeError(`[${who}] ${argument} must be a function. Received: ${argument}=${show(given)}.`);
}
