import { Layer, Model, Tensor, Value, jit, ops, tensor } from 'evenkeel';
import {
  type Difference,
  compareArray,
  compareShape,
  compareSums,
  compareSymbols,
  compareTree,
  mutation,
  worse,
  worst,
} from '../compare.ts';
import { camelCase } from '../../../src/keras/saving/fields.ts';
import { makeLayer } from '../objects.ts';
import { type CallRecord, NoSuchArgument, NotReplayable, type Recorded } from '../record-types.ts';
import { runTraced } from '../trace.ts';
import {
  type TensorTree,
  asTensor,
  entriesOf,
  isTensor,
  leavesOf,
  plain,
  readArray,
  toSymbols,
  toTree,
} from '../values.ts';

const isValue = (value: unknown): value is Value => value instanceof Value;

/** A recorded call: its inputs, its mode, and the options that the class declares. */
interface ReadCall {
  readonly input: Recorded;
  readonly training: boolean | null;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The arguments of a call of a layer. */
function readCall({ args = {} }: CallRecord, layer: Layer): ReadCall {
  const { inputs, tensors = [], settings = {} } = (layer.constructor as typeof Layer).kerasCall;
  const names = inputs ?? Object.keys(args).slice(0, 1);
  const given = names.map((name) => args[name] ?? null).filter((value) => value !== null);
  const input = inputs === undefined ? given[0] : { $l: given };
  if (input === undefined || given.length === 0) throw new NotReplayable('no input');
  const declared = [...tensors, ...Object.keys(settings)];
  const others = Object.entries(args).filter(
    ([name, value]) => ![...names, 'training', 'mask'].includes(name) && value !== null,
  );
  const options = others.map(([name, value]) => {
    const option = camelCase(name);
    if (!declared.includes(option)) throw new NoSuchArgument(`call takes no ${name}`);
    return [option, tensors.includes(option) ? toTree(value) : value] as const;
  });
  const { training = null } = args;
  const byDefault = (layer.constructor as typeof Layer).kerasCall.training ?? null;
  const mode = training === null ? byDefault : training === true || training === 1;
  return { input, training: mode, options: Object.fromEntries(options) };
}

/** The masks of the inputs; null if there are none. */
function readMasks(
  { args = {}, input_masks: masks = [] }: CallRecord,
  layer: Layer,
): readonly (Tensor | null)[] | null {
  const { inputs } = (layer.constructor as typeof Layer).kerasCall;
  const { mask = null } = args;
  const given = mask === null ? masks : (entriesOf(mask) ?? [mask]);
  const isMasked = mask === null && given.some((each) => each !== null);
  if (isMasked && inputs !== undefined)
    throw new NotReplayable('masks of inputs, of which the first alone is recorded');
  return given.some((each) => each !== null) ? given.map(asTensor) : null;
}

function prepare(record: CallRecord, input: TensorTree): Layer {
  const layer = makeLayer(record);
  const weights = weightsBefore(record);
  if (weights.length === 0) return layer;
  if (!layer.built) layer.build(shapesOf(input) as never);
  const own = layer.weights;
  const names = own.map(({ name }) => name);
  if (names.join() !== weights.map(({ name }) => name).join()) {
    throw new Mismatch(`weights ${names.join()} instead of ${weights.map(({ name }) => name).join()}`);
  }
  layer.setWeights(weights.map(({ value }) => readArray(value)));
  return layer;
}

/**
 * The weights before a call. A layer that was built by the call itself has the weights after it, unless training may have
 * changed them.
 */
function weightsBefore(record: CallRecord): NonNullable<CallRecord['weights']> {
  const { weights = [], weights_after: after = [] } = record;
  if (weights.length > 0 || after.length === 0) return weights;
  if (record.args?.['training'] !== true && record.args?.['training'] !== 1) return after;
  throw new NotReplayable('weights that the call made');
}

/** A difference that is found before anything is computed. */
export class Mismatch extends Error {}

function shapesOf(tree: TensorTree): unknown {
  if (isTensor(tree)) return tree.shape;
  if (Array.isArray(tree)) return (tree as readonly TensorTree[]).map(shapesOf);
  return Object.fromEntries(Object.entries(tree).map(([key, entry]) => [key, shapesOf(entry)]));
}

/** The same structure with values in place of tensors, in Python's order. */
function fill(tree: TensorTree, values: Iterator<Value>): unknown {
  if (isTensor(tree)) return values.next().value;
  if (Array.isArray(tree)) return (tree as readonly TensorTree[]).map((entry) => fill(entry, values));
  const sorted = Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, entry]) => [key, fill(entry, values)]));
}

interface Traced {
  readonly output: readonly Tensor[];
  readonly masks: readonly (Tensor | null)[];
  readonly losses: readonly Tensor[];
}

/** Calls a layer in a trace, with masks on its inputs; the masks of the outputs and the penalties are visible there. */
async function callTraced(
  layer: Layer,
  input: TensorTree,
  training: boolean,
  masks: readonly (Tensor | null)[] | null,
  options: ReadCall['options'] = {},
): Promise<Traced> {
  const tensors = leavesOf(input, isTensor);
  const given = (masks ?? []).filter((mask) => mask !== null);
  let outputs = 0;
  let hasMask: readonly boolean[] = [];
  const results = await runTraced([...tensors, ...given], (values, trace) => {
    const maskValues = values.slice(tensors.length).values();
    for (const [i, mask] of (masks ?? []).entries()) {
      const [value, ofMask] = [values[i], mask === null ? undefined : maskValues.next().value];
      if (value !== undefined && ofMask !== undefined) trace.setMask(value, ofMask);
    }
    const result = leavesOf(
      layer.applyIn(trace, fill(input, values.slice(0, tensors.length).values()) as never, training, null, options),
      isValue,
    );
    const made = result.map((value) => trace.maskOf(value));
    outputs = result.length;
    hasMask = made.map((mask) => mask !== null);
    return [...result, ...made.filter((mask) => mask !== null), ...trace.losses];
  });
  const rest = results.slice(outputs).values();
  const outputMasks = hasMask.map((has) => (has ? (rest.next().value ?? null) : null));
  return { output: results.slice(0, outputs), masks: outputMasks, losses: [...rest] };
}

/** A call of a layer: outputs, weights after it, masks and penalties. */
export async function replayLayer(record: CallRecord): Promise<Difference | null> {
  const unused = makeLayer(record);
  const { input: given, training, options } = readCall(record, unused);
  const input = toTree(given);
  const masks = readMasks(record, unused);
  const mode = training ?? false;
  const layer = prepare(record, input);
  const isSingle = isTensor(input);
  const [mask = null] = masks ?? [];
  const output: unknown =
    isSingle || masks === null
      ? await layer.apply(input as never, {
          ...options,
          training: mode,
          ...(mask === null || !isSingle ? {} : { mask }),
        })
      : (await callTraced(layer, input, mode, masks, options)).output;
  const wanted = entriesOf(record.output);
  const result = wanted?.length === 1 && Array.isArray(output) && output.length === 1 ? output : output;
  const isList = Array.isArray(result) && wanted === null;
  const after = layer.getWeights();
  const found = worst([
    compareTree(isList ? (result as readonly unknown[])[0] : result, record.output, 'output'),
    ...(record.weights_after ?? []).map(({ name, value }, i) => compareArray(after[i], value, `weight ${name} after`)),
  ]);
  return worse(found, await compareTraces(record, input, mode, masks, options));
}

async function compareTraces(
  record: CallRecord,
  input: TensorTree,
  training: boolean,
  masks: readonly (Tensor | null)[] | null,
  options: ReadCall['options'],
): Promise<Difference | null> {
  const { output_masks: wanted = [], losses = [], penalties = [] } = record;
  const found: (Difference | null)[] = [];
  if (wanted.some((mask) => mask !== null) || losses.length > 0 || masks !== null) {
    const traced = await callTraced(prepare(record, input), input, training, masks, options);
    for (const [i, want] of wanted.entries()) found.push(compareTree(traced.masks[i] ?? null, want, 'output mask'));
    found.push(
      compareSums(
        traced.losses.reduce((sum, each) => sum + each.item(), 0),
        losses,
        'losses',
      ),
    );
  }
  if (penalties.length > 0) {
    let total = 0;
    const layer = prepare(record, input);
    const trained = new Set(layer.trainableWeights);
    for (const [variable, regularizer] of layer.weightRegularizers) {
      if (!trained.has(variable)) continue;
      total += (await jit((x: Value) => regularizer.call(x))(variable.value)).item();
    }
    found.push(compareSums(total, penalties, 'penalties'));
  }
  return worst(found);
}

/** A call of a layer on symbolic tensors. */
export function replaySymbolicLayer(record: CallRecord): Difference | null {
  const layer = makeLayer(record);
  const { input, training, options } = readCall(record, layer);
  const mask = record.args?.['mask'] ?? null;
  const output: unknown = layer.apply(toSymbols(input) as never, {
    ...options,
    training,
    ...(mask === null ? {} : { mask: toSymbols(mask) as never }),
  });
  const weights = (record.weights ?? []).map(({ name, value }) => [name, value.s] as const);
  const own = layer.weights.map(({ name, shape }) => [name, shape] as const);
  return worse(compareSymbols(output, record.output), compareShape(own, weights, 'weights'));
}

/** A call of computeOutputShape. */
export function replayShape(record: CallRecord): Difference | null {
  const layer = makeLayer(record);
  const { inputs } = (layer.constructor as typeof Layer).kerasCall;
  const [shape, ...others] = Object.values(record.args ?? {}).filter((each) => each !== null);
  if (shape === undefined || (others.length > 0 && inputs === undefined)) {
    throw new NoSuchArgument('computeOutputShape takes one shape');
  }
  const got = layer.computeOutputShape(plain(inputs === undefined ? shape : [shape, ...others]) as never);
  return compareShape(got, plain(record.output ?? null), 'computeOutputShape');
}

/** A call of adapt. */
export async function replayAdapt(record: CallRecord): Promise<Difference | null> {
  const layer = makeLayer(record);
  const [data = null] = Object.values(record.args ?? {});
  if (!('adapt' in layer) || typeof layer.adapt !== 'function') throw new NoSuchArgument('the layer has no adapt');
  await (layer.adapt as (given: unknown) => Promise<void>).call(layer, toTree(data));
  const after = layer.getWeights();
  return worst(
    (record.weights_after ?? []).map(({ name, value }, i) =>
      compareArray(after[i], value, `weight ${name} after adapt`),
    ),
  );
}

/** One step of SGD on the sum of the output and the penalties. */
export async function replayTraining(record: CallRecord): Promise<Difference | null> {
  const { args = {}, weights = [], weights_after: wanted = [], loss = NaN } = record;
  const input = toTree(args['inputs'] ?? null);
  const layer = prepare(record, input);
  class Holder extends Model {
    readonly layer = layer;
    override call(x: Value, { training }: { readonly training: boolean }): Value {
      return this.layer.apply(x, { training });
    }
  }
  const model = new Holder();
  model.compile({ optimizer: 'sgd', loss: (_: Value, y: Value) => ops.sum(y) });
  const rows = leavesOf(input, isTensor)[0]?.shape[0] ?? 0;
  const result = await model.trainOnBatch(input as never, tensor(new Float32Array(rows), [rows, 1]));
  const after = layer.getWeights();
  return worst([
    compareSums(Number(result['loss']), [loss], 'the loss of a training step', 1),
    ...wanted.map(({ name, value }, i) => {
      const before = weights[i] === undefined ? undefined : readArray(weights[i].value);
      return compareStep(after[i], readArray(value), before, `weight ${name}`);
    }),
  ]);
}

/** Compares the changes of a weight, which are small beside the weight. */
function compareStep(
  got: Tensor | undefined,
  want: Tensor,
  before: Tensor | undefined,
  what: string,
): Difference | null {
  const moved = Float64Array.from(want.data, (value, i) => value - (before?.data[i] ?? 0));
  const largest = moved.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  for (const [i, value] of want.data.entries()) {
    const target = mutation.isOn ? value + 0.01 * (moved[i] ?? 0) : value;
    const actual = got?.data[i] ?? NaN;
    const limit = 1e-3 * largest + 3e-7 * Math.max(1, Math.abs(target));
    if (Math.abs(actual - target) <= limit || (Number.isNaN(actual) && Number.isNaN(target))) continue;
    return { message: `${what} after a training step: ${actual} instead of ${target} at ${i}`, isTypeOnly: false };
  }
  return null;
}
