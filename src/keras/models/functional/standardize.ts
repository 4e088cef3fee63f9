import { own } from '../../../core/own.ts';
import { isRecord } from '../../../core/config.ts';
import { NotImplementedError, ValueError, show } from '../../../core/errors.ts';
import { unknownName } from '../../../core/checks.ts';
import { warn } from '../../../core/print.ts';
import { compatible, showShape } from '../../../core/shape.ts';
import { type Tree, flatten, mapTree, namesSeveral } from '../../../core/tree.ts';
import { Value, isValue } from '../../../compiler/ir/value.ts';
import { InputLayer } from '../../layers/core/input-layer.ts';
import { type KerasTensor, isKerasTensor } from '../../ops/base/keras-tensor.ts';
import { castTo } from '../../../compiler/builder/operand.ts';
import { expandDims, squeeze } from '../../ops/index.ts';

/**
 * Converts an input to the type and the rank that a model expects.
 * @throws ValueError if the rank does not fit
 */
export function standardizeRank(who: string, input: Value, expected: KerasTensor): Value {
  const value = castTo(input, expected.dtype);
  if (value.rank === expected.rank) return value;
  if (value.rank === expected.rank - 1 && expected.shape.at(-1) === 1) return expandDims(value, -1);
  if (value.rank === expected.rank + 1 && value.shape.at(-1) === 1) return squeeze(value, { axis: -1 });
  throw wrongShape(who, expected, input);
}

/** The error for an input that does not fit; for a single row without the axis of the batch, with advice. */
function wrongShape(who: string, expected: KerasTensor, { shape: given }: Value, which = ''): ValueError {
  const row = expected.shape.slice(1);
  const advice = given.length > 0 && compatible(row, given) ? ' A single row is a batch of one: [row].' : '';
  return new ValueError(
    `[${who}] expected inputs of shape ${showShape([null, ...row])}${which}. Received: shape ${showShape(given)}.${advice}`,
  );
}

/**
 * Converts an input to the type and the rank that a model expects, and checks its sizes.
 * @param which - the phrase that identifies one of several inputs in errors
 * @throws ValueError if the shape does not fit
 */
export function standardize(who: string, input: Value, expected: KerasTensor, which = ''): Value {
  let value = castTo(input, expected.dtype);
  if (value.rank === expected.rank - 1 && expected.shape.at(-1) === 1) value = expandDims(value, -1);
  else if (value.rank === expected.rank + 1 && value.shape.at(-1) === 1) value = squeeze(value, { axis: -1 });
  const shape = [null, ...expected.shape.slice(1)];
  if (compatible(shape, [null, ...value.shape.slice(1)])) return value;
  throw wrongShape(who, expected, input, which);
}

/**
 * Arranges the arguments of a model, one value for each of its inputs: a record is read by the names of the inputs (or the
 * keys of the model's own record), a list in its own order. Other entries of the record are ignored, with a warning unless
 * the inputs of the model are a list, as in Keras.
 *
 * @throws ValueError if an input is missing, the number differs, or a list is given for a record, whose order is arbitrary;
 * TypeError if a name is unknown while an input is missing; NotImplementedError if an optional input is missing.
 */
export function arrangeInputs(who: string, given: Tree<Value>, structure: Tree<KerasTensor>): readonly Value[] {
  if (isRecord(given) && !isValue(given)) return fromRecord(who, given, structure);
  if (namesSeveral(structure, isKerasTensor) || namesSeveral(given, isValue)) return inOrder(who, given, structure);
  const inputs = flatten(structure, isKerasTensor);
  const values = flatten(given, isValue);
  if (values.length === inputs.length) return values;
  const names = show(inputs.map(({ name }) => name));
  if (inputs.length === 1) {
    throw new ValueError(`[${who}] the model has one input, ${names}. Received: ${values.length}. Give one tensor.`);
  }
  throw new ValueError(
    `[${who}] the model has ${inputs.length} inputs, ${names}. Received: ${values.length}. Give a list of ${inputs.length} tensors, or a record with these names.`,
  );
}

/** Arranges lists of equal lengths, with records among their entries. */
function inOrder(who: string, given: Tree<Value>, structure: Tree<KerasTensor>): readonly Value[] {
  const [entries, expected] = [asList(given), asList(structure)];
  if (entries?.length !== expected?.length || entries === null || expected === null) {
    throw needsStructure(who, given, structure);
  }
  return entries.flatMap((entry, i) => arrangeInputs(who, entry, expected[i] ?? []));
}

const asList = <T>(tree: Tree<T>): readonly Tree<T>[] | null =>
  Array.isArray(tree) ? (tree as readonly Tree<T>[]) : null;

/** The error for a list in the place of a record, or the other way round: names cannot be told from an order. */
function needsStructure(who: string, given: Tree<Value>, structure: Tree<KerasTensor>): ValueError {
  const expected = show(mapTree(structure, isKerasTensor, ({ name }) => name));
  const came = isValue(given) ? 'one tensor' : show(mapTree(given, isValue, () => 'tensor'));
  return new ValueError(
    `[${who}] the inputs must have the structure ${expected}, since entries of records are matched by their names. Received: ${came}.`,
  );
}

function fromRecord(
  who: string,
  given: { readonly [name: string]: Tree<Value> },
  structure: Tree<KerasTensor>,
): readonly Value[] {
  const named = namedInputs(structure);
  const names = Object.keys(named);
  const others = Object.keys(given).filter((key) => !names.includes(key));
  const isComplete = names.every((name) => Object.hasOwn(given, name));
  for (const other of isComplete ? [] : others) throw unknownName(who, 'input', other, names);
  if (others.length > 0 && !Array.isArray(structure)) {
    warn(
      `[${who}] the record of inputs has entries that the model does not use: ${show(others)}. Its inputs are ${show(names)}.`,
    );
  }
  return names.flatMap((name) => {
    const value = own(given, name);
    if (value === undefined) {
      if (isOptional(own(named, name))) throw leftOut(who, name, Object.keys(given));
      throw new ValueError(
        `[${who}] there must be data for every input. Received: ${show(Object.keys(given))}, without ${show(name)}.`,
      );
    }
    return arrangeInputs(who, value, own(named, name) ?? []);
  });
}

/** Whether an input is optional in Keras. */
const isOptional = (input: Tree<KerasTensor> | undefined): boolean =>
  isKerasTensor(input) && input.node.operation instanceof InputLayer && input.node.operation.optional;

/** Keras calls layers on None in place of a missing optional input; here layers accept only tensors. */
function leftOut(who: string, name: string, given: readonly string[]): NotImplementedError {
  return new NotImplementedError(
    `[${who}] the optional input ${show(name)} cannot be omitted, since layers accept only tensors. Received: ${show(given)}. Pass a neutral tensor, such as zeros.`,
  );
}

/** The inputs by the keys that a record of inputs has. */
function namedInputs(structure: Tree<KerasTensor>): { readonly [name: string]: Tree<KerasTensor> } {
  if (isRecord(structure) && !isKerasTensor(structure)) return structure;
  return Object.fromEntries(flatten(structure, isKerasTensor).map((input) => [input.name, input]));
}

/** The names of inputs or outputs: the keys of a record, else the names of the layers. */
export function namesIn(structure: Tree<KerasTensor>): readonly string[] {
  if (isRecord(structure) && !isKerasTensor(structure)) {
    return Object.entries(structure).flatMap(([key, child]) =>
      flatten(
        mapTree(child, isKerasTensor, () => key),
        isName,
      ),
    );
  }
  return flatten(structure, isKerasTensor).map(({ node }) => node.operation.name);
}

const isName = (value: unknown): value is string => typeof value === 'string';
