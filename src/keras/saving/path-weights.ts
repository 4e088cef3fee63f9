import { ValueError } from '../../core/errors.ts';
import { Plan, type Reading } from './plan.ts';
import type { SavedVariable } from './keras-saveable.ts';
import type { StoredArray } from '../../formats/arrays/stored.ts';

/** Variables by their paths, as formats have it that know names alone. @throws ValueError if two have one path. */
export function byPath(variables: readonly SavedVariable[], who: string): ReadonlyMap<string, SavedVariable> {
  const found = new Map<string, SavedVariable>();
  for (const variable of variables) {
    if (found.has(variable.path)) {
      throw new ValueError(
        `[${who}] the weights must have different paths to be told apart by them. Received: ${variable.path} twice. Give the layers different names, or use .weights.h5.`,
      );
    }
    found.set(variable.path, variable);
  }
  return found;
}

/**
 * Finds variables in a file by their paths, and checks all of them. A model that has another name than the one that was
 * saved, as automatic names do, finds them all the same.
 *
 * @throws ValueError if a path is missing in the file or in the model, or a shape is another.
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
    if (array === undefined) plan.misfit(path, 'must be there', 'no tensor of this name');
    else {
      read.add(array);
      plan.assign(path, variable, array);
    }
  }
  for (const [path, array] of stored) {
    if (!read.has(array)) plan.misfit(path, 'belongs to no weight of the model', 'a tensor of this name');
  }
  plan.check();
  return plan;
}
