import { ValueError } from '../../core/errors.ts';
import { Plan, type Reading } from './plan.ts';
import type { SavedVariable } from './keras-saveable.ts';
import type { StoredArray } from '../../formats/arrays/stored.ts';

/** Variables by their paths, for flat formats of named tensors. @throws ValueError if two have the same path. */
export function byPath(variables: readonly SavedVariable[], who: string): ReadonlyMap<string, SavedVariable> {
  const found = new Map<string, SavedVariable>();
  for (const variable of variables) {
    if (found.has(variable.path)) {
      throw new ValueError(
        `[${who}] the paths of weights must be unique. Received: ${variable.path} twice. Give the layers different names, or use .weights.h5.`,
      );
    }
    found.set(variable.path, variable);
  }
  return found;
}

/**
 * Finds variables in a file by their paths, and checks all of them. The name of the model may differ from the saved one,
 * as automatic names do.
 *
 * @throws ValueError if a path is missing in the file or in the model, or shapes differ.
 */
export function planByPath(
  variables: readonly SavedVariable[],
  stored: ReadonlyMap<string, StoredArray>,
  names: { readonly model: string; readonly saved: string | null },
  reading: Reading,
): Plan {
  const plan = new Plan(reading);
  const read = new Set<StoredArray>();
  for (const [path, variable] of byPath(variables, reading.who)) {
    const prefix = `${names.model}/`;
    const other =
      path.startsWith(prefix) && names.saved !== null ? `${names.saved}/${path.slice(prefix.length)}` : path;
    const array = stored.get(path) ?? stored.get(other);
    if (array === undefined) plan.misfit(path, 'must be in the file', 'no tensor of this name');
    else {
      read.add(array);
      plan.assign(path, variable, array);
    }
  }
  for (const [path, array] of stored) {
    if (!read.has(array)) plan.misfit(path, 'must be a weight of the model', 'a tensor of this name');
  }
  plan.check();
  return plan;
}
