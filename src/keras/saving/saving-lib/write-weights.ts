import { tensorToStored } from '../../../formats/arrays/convert-stored.ts';
import { GroupBuilder } from '../groups.ts';
import type { SavedVariable, Saveable } from '../keras-saveable.ts';
import { isFloat } from '../../../core/dtype.ts';
import type { StoredArray, StoredGroup } from '../../../formats/arrays/stored.ts';
import { walk } from '../walk.ts';

/**
 * The state of a saveable and its descendants in the layout of Keras 3's `.weights.h5`: each has a group `vars` at its
 * path, with its name and its numbered variables.
 */
export function weightsTree(root: Saveable): StoredGroup {
  const builder = new GroupBuilder();
  for (const { path, saveable } of walk(root)) {
    const group = builder.group(`${path}/vars`);
    group.set('name', saveable.name);
    for (const [i, variable] of saveable.ownVariables.entries()) {
      group.add(String(i), storedVariable(variable, saveable.halfType ?? null));
    }
    for (const [name, array] of saveable.vocabulary?.namedArrays ?? []) group.add(name, tensorToStored(array));
  }
  return builder.build();
}

function storedVariable({ value }: SavedVariable, halfType: Saveable['halfType']): StoredArray {
  if (halfType === null || halfType === undefined || !isFloat(value.dtype)) return tensorToStored(value);
  const stored = tensorToStored(value, halfType);
  return halfType === 'bfloat16' ? { ...stored, attributes: new Map([['dtype', halfType]]) } : stored;
}
