import type { StoredArray, StoredGroup } from '../../../formats/arrays/stored.ts';
import { mergeGroups } from '../groups.ts';

/** The group of a model's layers in Keras 3 and tf.keras 2.15, and in tf.keras 2.12 to 2.14. */
export const LAYERS = 'layers';
const OLD_LAYERS = '_layer_checkpoint_dependencies';

/**
 * The tree of a `.weights.h5` with the names of Keras 3. On Windows, tf.keras and Keras separate the names of groups with
 * backslashes. tf.keras before 2.15 keeps the layers in `_layer_checkpoint_dependencies`; until 2.13 it lists layers with
 * weights twice there, and numbers them `dense`, `dense_2`, `dense_4`.
 */
export function withCurrentNames(tree: StoredGroup): StoredGroup {
  return renumbered(withSlashes(tree));
}

/** Makes nested groups of names that contain backslashes. */
function withSlashes(group: StoredGroup): StoredGroup {
  const children = [...group.children].map(([name, child]): StoredGroup => {
    const read = child.kind === 'group' ? withSlashes(child) : child;
    return nested(name.split('\\'), read);
  });
  return { ...group, children: mergeGroups(children).children };
}

function nested(names: readonly string[], child: StoredGroup | StoredArray): StoredGroup {
  const [first = '', ...rest] = names;
  const inside = rest.length === 0 ? child : nested(rest, child);
  return { kind: 'group', attributes: new Map(), children: new Map([[first, inside]]) };
}

function renumbered(group: StoredGroup): StoredGroup {
  const read = [...group.children].map(([name, child]) => {
    if (child.kind !== 'group') return [name, child] as const;
    return name === OLD_LAYERS ? ([LAYERS, consecutive(child)] as const) : ([name, renumbered(child)] as const);
  });
  // A layer that both groups hold has its values in the group that was written.
  const children = read.map(([name, child]) => nested([name], child));
  return { ...group, children: mergeGroups(children).children };
}

/** Numbers the members of each class consecutively, in the order of their numbers. */
function consecutive(layers: StoredGroup): StoredGroup {
  const members = [...layers.children].map(([name, child]) => {
    const [, base = name, number = '0'] = /^(.+?)(?:_(\d+))?$/.exec(name) ?? [];
    return { base, number: Number(number), child };
  });
  members.sort((a, b) => a.number - b.number);
  const counts = new Map<string, number>();
  const children = members.map(({ base, child }) => {
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    const read = child.kind === 'group' ? renumbered(child) : child;
    return [count === 0 ? base : `${base}_${count}`, read] as const;
  });
  return { ...layers, children: new Map(children) };
}
