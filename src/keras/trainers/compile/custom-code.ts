import * as losses from '../../losses/index.ts';
import * as metrics from '../../metrics/index.ts';

let exported: ReadonlySet<unknown> | null = null;

/** Whether a function or a class is one of the library's losses or metrics. */
function isBuiltIn(value: unknown): boolean {
  exported ??= new Set<unknown>([...Object.values<unknown>(losses), ...Object.values<unknown>(metrics)]);
  return exported.has(value);
}

/** Whether a loss or a metric, as given to `compile`, is a function, or an instance of a class, of the user. */
export function isCustomCode(identifier: unknown): boolean {
  if (typeof identifier === 'function') return !isBuiltIn(identifier);
  if (typeof identifier !== 'object' || identifier === null) return false;
  return identifier.constructor !== Object && !isBuiltIn(identifier.constructor);
}
