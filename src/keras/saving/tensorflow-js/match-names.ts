import { Plan, type Reading } from '../plan.ts';
import type { LayerwiseModel, SavedVariable } from '../keras-saveable.ts';
import type { FileWeight } from './decode-weights.ts';

/** A variable of a model, and the names that it may have in a file, the most precise first. */
interface Target {
  readonly layer: string;
  readonly variable: SavedVariable;
  readonly names: readonly string[];
}

/** The weights of a file that have not been found, by their plain names. */
type Left = Map<string, FileWeight>;

/**
 * Finds the weights of a model by the names that TensorFlow.js gives them, and checks all of them: `dense_Dense1/kernel`, that of
 * a layer inside another `bidirectional/forward_lstm/kernel`, and that of a layer in a model inside another again
 * `dense_Dense1/kernel`. Weights of a layer whose names are others are found in their order, as long as all of them are.
 *
 * @throws ValueError if a weight is missing, has another shape or belongs to no layer.
 */
export function planNamedWeights(model: LayerwiseModel, weights: readonly FileWeight[], reading: Reading): Plan {
  const plan = new Plan(reading);
  const left = byPlainName(weights);
  const layers = [...model.layers, { name: '', weights: model.ownWeights }];
  const targets = layers.flatMap(({ name, weights: variables }) =>
    variables.map((variable): Target => ({ layer: name, variable, names: namesOf(name, variable.path) })),
  );
  const found = new Map<Target, FileWeight>();
  for (const rule of [exactKey, endingKey, slashedKey]) {
    for (const target of targets) {
      const key = found.has(target) ? undefined : rule(target.names, left);
      if (key !== undefined) move(key, target, left, found);
    }
  }
  for (const { name } of layers) {
    const missing = targets.filter((target) => target.layer === name && !found.has(target));
    const keys = [...left.keys()].filter((key) => key.startsWith(`${name}/`));
    if (keys.length !== missing.length) continue;
    for (const [i, target] of missing.entries()) move(keys[i] ?? '', target, left, found);
  }
  for (const target of targets) planTarget(plan, target, found.get(target));
  for (const { name } of left.values()) {
    plan.misfit(name, 'must belong to a layer of the model', 'a weight of an unknown layer');
  }
  plan.check();
  return plan;
}

function move(key: string, target: Target, left: Left, found: Map<Target, FileWeight>): void {
  const weight = left.get(key);
  if (weight === undefined) return;
  left.delete(key);
  found.set(target, weight);
}

const exactKey = (names: readonly string[], left: Left): string | undefined => names.find((name) => left.has(name));

/** A name after that of the model, which Keras 3 writes. */
const endingKey = ([name = '']: readonly string[], left: Left): string | undefined =>
  only(left, (key) => key.endsWith(`/${name}`));

/** The end of a name: the layer `block1/conv` of TensorFlow 1, here `block1_conv`, has the weight `conv/kernel`. */
const slashedKey = ([name = '']: readonly string[], left: Left): string | undefined =>
  only(left, (key) => name.endsWith(`_${key}`));

function only(left: Left, isIt: (key: string) => boolean): string | undefined {
  const keys = [...left.keys()].filter(isIt);
  return keys.length === 1 ? keys[0] : undefined;
}

function planTarget(plan: Plan, { layer, variable }: Target, weight: FileWeight | undefined): void {
  const what = `the ${variable.name} of the layer ${JSON.stringify(layer)}`;
  if (weight === undefined) plan.misfit(what, 'must be in the file', 'no weight of this name');
  else if (weight.array === null) plan.misfit(`${weight.name}, ${what},`, 'must have numbers', weight.dtype);
  else plan.assign(`${weight.name}, ${what},`, variable, weight.array);
}

/**
 * Weights by their names without those of cells, and without the number of the output, which Python's names may have. The cells of
 * a stack keep their names, by which they differ.
 */
function byPlainName(weights: readonly FileWeight[]): Left {
  const plain = weights.map(({ name }) => withoutCells(name.replace(/:0$/, '').split('/')).join('/'));
  const counts = new Map<string, number>();
  for (const name of plain) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(
    weights.map((weight, i) => {
      const name = plain[i] ?? '';
      return [counts.get(name) === 1 ? name : weight.name, weight] as const;
    }),
  );
}

/** TensorFlow has had the names of cells since 2.2: `lstm/lstm_cell/kernel`. */
function withoutCells(parts: readonly string[]): readonly string[] {
  const isCell = (part: string, i: number): boolean => i > 0 && i < parts.length - 1 && /_cell(_\d+)?$/.test(part);
  return parts.filter((part, i) => !isCell(part, i));
}

/** The names that a variable may have in a file, the most precise first. */
function namesOf(layer: string, path: string): readonly string[] {
  const parts = path.split('/');
  const inside = withoutCells(parts.slice(Math.max(parts.indexOf(layer), 0)));
  const [owner, name] = [inside.at(-2) ?? '', inside.at(-1) ?? ''];
  return [inside.join('/'), `${owner}/${name}`, `${layer}/${name}`];
}
