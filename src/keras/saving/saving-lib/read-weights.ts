import { groupAt } from '../groups.ts';
import { planOptimizerState } from '../optimizer-state.ts';
import { Plan, type Reading } from '../plan.ts';
import { storedToTensor } from '../../../formats/arrays/convert-stored.ts';
import type { Saveable, VocabularyHolder } from '../keras-saveable.ts';
import { VOCABULARY } from './archive.ts';
import { type QuantizationMode, dequantizeNumbered, describeCount } from '../quantized-weights.ts';
import type { StoredArray, StoredGroup } from '../../../formats/arrays/stored.ts';
import { type Placed, walk } from '../walk.ts';
import { LAYERS, withCurrentNames } from './older-trees.ts';

/**
 * Finds the state of a saveable and its descendants in the tree of a `.weights.h5`, and checks all of it.
 *
 * @param assets the texts of the file that belong to layers, by their paths
 * @throws ValueError if the number or the shapes of variables differ. The state of a different optimizer is skipped with a
 * warning, as in Keras; so are all mismatches with `skipMismatch`.
 */
export function planWeights(
  root: Saveable,
  tree: StoredGroup,
  reading: Reading,
  assets: ReadonlyMap<string, string> = new Map(),
): Plan {
  const file = withCurrentNames(tree);
  const plan = new Plan(reading);
  const placed = walk(root);
  const read = new Set<StoredGroup>();
  for (const place of placed) {
    const vars = varsAt(file, place.path);
    if (vars !== undefined) read.add(vars);
    const { makeSlots, vocabulary } = place.saveable;
    if (vocabulary !== undefined)
      planVocabulary(plan, vocabulary, arraysIn(vars), assets.get(`${place.path}/${VOCABULARY}`));
    else if (makeSlots === undefined) planLayer(plan, place, vars);
  }
  for (const place of unread(file, read))
    plan.misfit(place, 'must belong to a layer of the model', 'weights of an unknown layer');
  plan.check();
  // Optimizers come last: their slots are created to match the file, after the layers have been checked.
  for (const { path, saveable } of placed) {
    if (saveable.makeSlots === undefined) continue;
    planOptimizer(plan, saveable, saveable.makeSlots, varsAt(file, path));
  }
  return plan;
}

/** A vocabulary of the file is that of a layer whose config has none. */
function planVocabulary(
  plan: Plan,
  holder: VocabularyHolder,
  arrays: ReadonlyMap<string, StoredArray>,
  text: string | undefined,
): void {
  if (holder.hasVocabulary || text === undefined) return;
  const lines = text.split(/\r\n|\r|\n/);
  while (lines.at(-1) === '') lines.pop();
  if (lines.length === 0) return;
  const tokens = holder.parseVocabulary(lines);
  const tensors = [...arrays].map(([name, array]) => [name, storedToTensor(array, 'float32', plan.who)] as const);
  plan.act(() => holder.restoreVocabulary(tokens, new Map(tensors)));
}

function varsAt(file: StoredGroup, path: string): StoredGroup | undefined {
  return groupAt(file, `${path}/vars`);
}

function arraysIn(vars: StoredGroup | undefined): ReadonlyMap<string, StoredArray> {
  const entries = [...(vars?.children ?? [])].filter((entry): entry is [string, StoredArray] => isArray(entry[1]));
  return new Map(entries);
}

const isArray = (child: StoredGroup | StoredArray): child is StoredArray => child.kind === 'array';

function planLayer(plan: Plan, { path, saveable }: Placed, vars: StoredGroup | undefined): void {
  const { ownVariables, name } = saveable;
  const where = path === '' ? 'vars' : `${path}/vars`;
  const owner = path === '' ? `the model ${JSON.stringify(name)}` : `the layer ${JSON.stringify(name)}`;
  const arrays = readable(plan, saveable, arraysIn(vars));
  if (typeof arrays === 'string') {
    plan.misfit(
      where,
      `of ${owner} must contain the zero points of the weights`,
      `weights quantized by ${arrays}, without zero points`,
    );
    return;
  }
  if (arrays.size !== ownVariables.length) {
    const expected = `of ${owner} must contain ${count(ownVariables.length)}`;
    plan.misfit(
      where,
      expected,
      vars === undefined ? 'no such group' : describeCount([...arrays.values()], 'variable'),
    );
    return;
  }
  for (const [i, variable] of ownVariables.entries()) {
    const place = `${where}/${i}, the ${variable.name} of ${owner},`;
    const array = arrays.get(String(i));
    if (array === undefined) plan.misfit(place, 'must be in the file', `only ${[...arrays.keys()].join(', ')}`);
    else plan.assign(place, variable, array);
  }
}

/** The arrays of a layer; those of a quantized layer are dequantized. Returns the mode if that is impossible. */
function readable(
  plan: Plan,
  { ownVariables, name }: Saveable,
  arrays: ReadonlyMap<string, StoredArray>,
): ReadonlyMap<string, StoredArray> | QuantizationMode {
  if (arrays.size === ownVariables.length) return arrays;
  const numbered = [...arrays.keys()].map((_, i) => arrays.get(String(i)));
  const dequantized = dequantizeNumbered(ownVariables, numbered);
  if (dequantized === null) return arrays;
  if (dequantized.arrays === null) return dequantized.mode;
  plan.noteQuantized(dequantized.mode, name);
  return new Map(dequantized.arrays.map((array, i) => [String(i), array]));
}

function planOptimizer(plan: Plan, optimizer: Saveable, makeSlots: () => void, vars: StoredGroup | undefined): void {
  const arrays = arraysIn(vars);
  const stored = [...arrays.keys()].map((_, i) => arrays.get(String(i)));
  planOptimizerState(plan, optimizer, makeSlots, stored);
}

const count = (variables: number): string => (variables === 1 ? '1 variable' : `${variables} variables`);

/** The paths of groups with variables that were not read. */
function unread(file: StoredGroup, read: ReadonlySet<StoredGroup>): readonly string[] {
  const found: string[] = [];
  const look = (group: StoredGroup, path: string): void => {
    for (const [name, child] of group.children) {
      if (child.kind !== 'group') continue;
      if (name === 'vars' && !read.has(child) && arraysIn(child).size > 0) found.push(`${path}/vars`);
      else look(child, `${path}/${name}`);
    }
  };
  const group = groupAt(file, LAYERS);
  if (group !== undefined) look(group, LAYERS);
  return found;
}
