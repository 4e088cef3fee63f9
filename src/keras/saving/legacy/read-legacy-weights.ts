import { ValueError } from '../../../core/errors.ts';
import { childAt, groupAt } from '../groups.ts';
import { Plan, type Reading } from '../plan.ts';
import type { LayerWeights, LayerwiseModel } from '../keras-saveable.ts';
import type { StoredGroup } from '../../../formats/arrays/stored.ts';
import { stringsOf } from './attributes.ts';
import { describeCount } from '../quantized-weights.ts';
import { type NamedArray, dequantizeNamed, inOrderOf } from './match-weights.ts';

/** Options of reading a legacy file. */
export interface LegacyReading extends Reading {
  /** Whether to match layers by name, and to skip those that only the model or only the file has. */
  readonly byName: boolean;
}

/**
 * Finds the weights of a model's layers in a legacy `.h5`, and checks all of them: in the order of the layers, or by the
 * layers' names. The weights of a layer are found by their names if these are the same as in the model, else in order.
 *
 * @throws ValueError if the file is malformed, or weights do not fit.
 */
export function planLegacyWeights(model: LayerwiseModel, group: StoredGroup, reading: LegacyReading): Plan {
  const plan = new Plan(reading);
  const names = stringsOf(group, 'layer_names');
  if (names === undefined) {
    throw new ValueError(
      `[${reading.who}] ${reading.member}a file of weights must have the attribute layer_names. Received: ${[...group.attributes.keys()].join(', ') || 'no attributes'}.`,
    );
  }
  const saved = names.map((name) => ({ name, arrays: arraysOf(groupAt(group, name), name, reading) }));
  if (reading.byName) {
    for (const { name, arrays } of saved) {
      const plain = name.replaceAll('/', '_');
      for (const layer of model.layers) if (layer.name === plain) planLayer(plan, layer, name, arrays);
    }
  } else {
    const filled = saved.filter(({ arrays }) => arrays.length > 0);
    const layers = model.layers.filter(({ weights }) => weights.length > 0);
    if (filled.length !== layers.length) {
      const expected = `must contain ${countOf(layers.length, 'layer')} with weights: ${layers.map(({ name }) => name).join(', ')}`;
      plan.misfit('layer_names', expected, filled.map(({ name }) => name).join(', ') || 'none');
    } else {
      for (const [i, layer] of layers.entries()) planLayer(plan, layer, filled[i]?.name ?? '', filled[i]?.arrays ?? []);
    }
  }
  planTop(plan, model, group, reading);
  plan.check();
  return plan;
}

function planTop(plan: Plan, model: LayerwiseModel, group: StoredGroup, reading: LegacyReading): void {
  const top = groupAt(group, 'top_level_model_weights');
  if (top === undefined) return;
  const name = 'top_level_model_weights';
  planLayer(plan, { name, weights: model.ownWeights }, name, arraysOf(top, name, reading));
}

function planLayer(plan: Plan, layer: LayerWeights, place: string, stored: readonly NamedArray[]): void {
  const { name, weights } = layer;
  const dequantized = stored.length > weights.length ? dequantizeNamed(weights, stored) : null;
  for (const { mode, owner } of dequantized?.quantized ?? []) plan.noteQuantized(mode, owner);
  const arrays = dequantized?.arrays ?? inOrderOf(weights, stored);
  if (arrays.length !== weights.length) {
    const expected = `of the layer ${JSON.stringify(name)} must contain ${countOf(weights.length, 'weight')}`;
    plan.misfit(
      place,
      expected,
      describeCount(
        arrays.map(({ array }) => array),
        'weight',
      ),
    );
    return;
  }
  for (const [i, variable] of weights.entries()) {
    const there = arrays[i];
    if (there === undefined) continue;
    plan.assign(
      `${place}/${there.name}, the ${variable.name} of the layer ${JSON.stringify(name)},`,
      variable,
      there.array,
    );
  }
}

function arraysOf(group: StoredGroup | undefined, place: string, { who, member }: Reading): readonly NamedArray[] {
  if (group === undefined) throw new ValueError(`[${who}] ${member}${place} must be a group. Received: none.`);
  return namedArrays(group, `${member}${place}`, who);
}

/** The arrays of a group in the order of its `weight_names`. @throws ValueError if one is missing. */
export function namedArrays(group: StoredGroup, place: string, who: string): readonly NamedArray[] {
  return (stringsOf(group, 'weight_names') ?? []).map((name) => {
    const array = childAt(group, name);
    if (array?.kind === 'array') return { name, array };
    throw new ValueError(`[${who}] ${place}/${name} must be an array, since weight_names lists it. Received: none.`);
  });
}

const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
