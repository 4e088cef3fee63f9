import * as losses from '../../losses/index.ts';
import * as metrics from '../../metrics/index.ts';

const builtIn = new Set<unknown>([...Object.values<unknown>(losses), ...Object.values<unknown>(metrics)]);

/** Whether a loss or a metric, as given to `compile`, is a function, or an instance of a class, of the user. */
export function isCustomCode(identifier: unknown): boolean {
  if (typeof identifier === 'function') return !builtIn.has(identifier);
  if (typeof identifier !== 'object' || identifier === null) return false;
  return identifier.constructor !== Object && !builtIn.has(identifier.constructor);
}
