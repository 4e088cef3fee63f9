import { snakeCase } from '../../core/names.ts';
import { type Saveable, type SaveableList, isList } from './keras-saveable.ts';

/** A saveable and its path in files: `layers/dense`; '' for the root. */
export interface Placed {
  readonly path: string;
  readonly saveable: Saveable;
}

/**
 * The saveables under a root and their paths, in the order in which Keras visits them; a shared one has only the first of
 * its paths. Members of lists are named after their classes, since the names of layers differ between equal models.
 */
export function walk(root: Saveable): readonly Placed[] {
  const visited = new Set<Saveable>();
  const found: Placed[] = [];
  const visit = (saveable: Saveable, path: string): void => {
    if (visited.has(saveable)) return;
    visited.add(saveable);
    found.push({ path, saveable });
    for (const [attribute, child] of saveable.children) {
      const place = path === '' ? attribute : `${path}/${attribute}`;
      if (isList(child)) visitList(child, place);
      else visit(child, place);
    }
  };
  const visitList = (list: SaveableList, path: string): void => {
    const counts = new Map<string, number>();
    for (const member of list) {
      const name = isList(member) ? 'container' : snakeCase(member.className);
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      const place = `${path}/${count === 0 ? name : `${name}_${count}`}`;
      if (isList(member)) visitList(member, place);
      else visit(member, place);
    }
  };
  visit(root, '');
  return found;
}
