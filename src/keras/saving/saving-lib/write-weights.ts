import { tensorToStored } from '../../../formats/arrays/convert-stored.ts';
import { GroupBuilder } from '../groups.ts';
import type { SavedVariable, Saveable } from '../keras-saveable.ts';
import { isFloat } from '../../../core/dtype.ts';
import type { StoredArray, StoredGroup } from '../../../formats/arrays/stored.ts';
import { walk } from '../walk.ts';

/** The state of one saveable as files store it. */
export interface StoredState {
  /** The group of its arrays: `layers/dense/vars`. */
  readonly path: string;
  readonly name: string;
  readonly arrays: readonly (readonly [name: string, array: StoredArray])[];
}

/** The state of a saveable and its descendants, in the order in which Keras writes it. */
export function storedStates(root: Saveable): readonly StoredState[] {
  return walk(root).map(({ path, saveable }) => ({
    path: path === '' ? 'vars' : `${path}/vars`,
    name: saveable.name,
    arrays: [
      ...saveable.ownVariables.map(
        (variable, i) => [String(i), storedVariable(variable, saveable.halfType ?? null)] as const,
      ),
      ...[...(saveable.vocabulary?.namedArrays ?? [])].map(([name, array]) => [name, tensorToStored(array)] as const),
    ],
  }));
}

/**
 * The state of a saveable and its descendants in the layout of Keras 3's `.weights.h5`: each has a group `vars` at its
 * path, with its name and its numbered variables.
 */
export function weightsTree(root: Saveable): StoredGroup {
  const builder = new GroupBuilder();
  for (const { path, name, arrays } of storedStates(root)) {
    const group = builder.group(path);
    group.set('name', name);
    for (const [key, array] of arrays) group.add(key, array);
  }
  return builder.build();
}

function storedVariable({ value }: SavedVariable, halfType: Saveable['halfType']): StoredArray {
  if (halfType === null || halfType === undefined || !isFloat(value.dtype)) return tensorToStored(value);
  const stored = tensorToStored(value, halfType);
  return halfType === 'bfloat16' ? { ...stored, attributes: new Map([['dtype', halfType]]) } : stored;
}
