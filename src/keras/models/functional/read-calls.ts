import { isArrayJson, readArrayJson } from '../../../core/array-json.ts';
import { isRecord, isSerializedObject } from '../../../core/config.ts';
import { NotImplementedError, ValueError, show } from '../../../core/errors.ts';
import { snakeCase } from '../../../core/names.ts';
import { type Tree, flatten, unwrapSingle } from '../../../core/tree.ts';
import { isTreeOf } from '../../layers/base/apply-options.ts';
import { namesOfOptions, readCallOptions } from '../../layers/base/call-options.ts';
import type { KerasCall } from '../../layers/base/traits.ts';
import {
  type Argument,
  type NamedArguments,
  type SymbolicArguments,
  mapRecord,
  tensorsOf,
} from '../../ops/base/symbolic-arguments.ts';
import { camelCase } from '../../saving/fields.ts';
import { type CallMask, type KerasTensor, isKerasTensor } from '../../ops/base/keras-tensor.ts';
import type { Layer } from '../../layers/base/layer.ts';
import { Operation } from '../../ops/base/operation.ts';

/** A reference to a tensor in a config: the name of a layer, the index of its call, and the index of the call's output. */
export class Place {
  readonly layer: string;
  readonly call: number;
  readonly output: number;

  constructor(layer: string, call: number, output: number) {
    this.layer = layer;
    this.call = call;
    this.output = output;
  }
}

export const isPlace = (value: unknown): value is Place => value instanceof Place;

/** Reads a reference `[layer, call, output]`; `null` if the value is not one. */
export function readPlace(value: unknown): Place | null {
  if (!Array.isArray(value) || value.length < 3) return null;
  const [layer, call, output] = value as readonly unknown[];
  if (typeof layer !== 'string' || typeof call !== 'number' || typeof output !== 'number') return null;
  return new Place(layer, call, output);
}

/** A call in a config. */
export interface WrittenCall {
  readonly form: SymbolicArguments;
  /** Whether it has the form of Keras 2, a list of `[layer, call, output, arguments]`. */
  readonly isOld: boolean;
}

function malformed(who: string, layer: Layer | Operation, value: unknown): ValueError {
  return new ValueError(
    `[${who}] the inbound_nodes of ${layer.who} must be calls on symbolic tensors. Received: ${show(value)}.`,
  );
}

/**
 * Reads the calls of a layer in a config of Keras 3 or Keras 2.
 * @throws ValueError if they are malformed.
 */
export function readCalls(who: string, layer: Layer | Operation, nodes: unknown): readonly WrittenCall[] {
  if (!Array.isArray(nodes)) throw malformed(who, layer, nodes);
  return nodes.map((node: unknown) => {
    const isOld = Array.isArray(node) || (isRecord(node) && !('args' in node));
    const call = isOld ? readOldCall(node) : readCall(who, layer, node);
    if (call === null) throw malformed(who, layer, node);
    return call;
  });
}

/** Reads `[layer, call, output, arguments]`, or lists and records of them; the arguments are with the first tensor. */
function readOldCall(node: unknown): WrittenCall | null {
  const inputs = readOldInputs(node);
  if (inputs === null) return null;
  const keywords = firstArguments(node);
  const kwargs = Object.entries(keywords).map(([name, value]) => [name, readOldArgument(value)] as const);
  return { form: { args: [unwrapSingle<Place>(inputs, isPlace)], kwargs: Object.fromEntries(kwargs) }, isOld: true };
}

function readOldInputs(node: unknown): Tree<Place> | null {
  const place = readPlace(node);
  if (place !== null) return place;
  if (typeof node !== 'object' || node === null) return null;
  const entries = Object.entries<unknown>({ ...node }).map(([key, entry]) => [key, readOldInputs(entry)] as const);
  const read = entries.filter((entry): entry is readonly [string, Tree<Place>] => entry[1] !== null);
  if (read.length === 0 || read.length < entries.length) return null;
  return Array.isArray(node) ? read.map(([, entry]) => entry) : Object.fromEntries(read);
}

function firstArguments(node: unknown): Readonly<Record<string, unknown>> {
  if (readPlace(node) === null) return firstArguments(Object.values(node as object)[0]);
  const keywords: unknown = (node as readonly unknown[])[3] ?? {};
  return isRecord(keywords) ? keywords : {};
}

/** Reads an argument of the older format, in which a tensor is `[layer, call, output]`. */
function readOldArgument(value: unknown): Argument {
  const place = Array.isArray(value) && value.length === 3 ? readPlace(value) : null;
  if (place !== null) return place;
  if (Array.isArray(value)) return value.map(readOldArgument);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, readOldArgument(entry)]));
}

function readCall(who: string, layer: Layer | Operation, node: unknown): WrittenCall | null {
  if (!isRecord(node) || !Array.isArray(node['args'])) return null;
  const keywords: unknown = node['kwargs'] ?? {};
  if (!isRecord(keywords)) return null;
  const args = (node['args'] as readonly unknown[]).map((value) => readArgument(who, layer, value));
  const kwargs = Object.entries(keywords).map(([name, value]) => [name, readArgument(who, layer, value)] as const);
  return { form: { args, kwargs: Object.fromEntries(kwargs) }, isOld: false };
}

/** Reads an argument: references replace Keras's symbolic tensors, everything else is JSON. */
function readArgument(who: string, layer: Layer | Operation, value: unknown): Argument {
  if (isSerializedObject(value)) {
    if (value.class_name !== '__keras_tensor__') return value;
    const place = readPlace(value.config['keras_history']);
    if (place === null) throw malformed(who, layer, value);
    return place;
  }
  if (Array.isArray(value)) return value.map((entry: unknown) => readArgument(who, layer, entry));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, readArgument(who, layer, entry)]));
}

/**
 * Repeats a call of a config. An operation accepts all arguments; a layer accepts inputs, a training mode, a mask, and the
 * options that its class declares. Several positional arguments are a list of inputs.
 *
 * @throws NotImplementedError if a layer receives another argument.
 */
export function makeCall(
  who: string,
  layer: Layer | Operation,
  form: SymbolicArguments,
  isOld: boolean,
): readonly KerasTensor[] {
  if (layer instanceof Operation) return flatten<KerasTensor>(layer.symbolicCall(form), isKerasTensor);
  const { kerasCall } = layer.constructor as typeof Layer;
  const { args, kwargs } = namePositional(kerasCall, form);
  const { training, mask, ...named } = kwargs;
  const [options, others] = takeOptions(layer, kerasCall, named);
  const inputs = inputsOf(who, layer, args, others);
  const isDefault = training === kerasCall.training;
  if (training !== undefined && training !== null && typeof training !== 'boolean') {
    throw unexpected(who, layer, 'training', training);
  }
  const outputs = layer.applySymbolically(inputs, {
    training: isDefault ? null : (training ?? null),
    mask: maskOf(who, layer, mask ?? null),
    options,
    arguments: isOld ? null : form,
  });
  return flatten(outputs, isKerasTensor);
}

/** A call with the names of the arguments that follow the inputs by position, where the class declares them. */
function namePositional({ inputs = [''], positional = [] }: KerasCall, form: SymbolicArguments): SymbolicArguments {
  const further = form.args.slice(inputs.length, inputs.length + positional.length);
  if (further.length === 0) return form;
  const named = further.map((value, i) => [positional[i] ?? '', value] as const);
  const args = [...form.args.slice(0, inputs.length), ...form.args.slice(inputs.length + positional.length)];
  return { args, kwargs: { ...Object.fromEntries(named), ...form.kwargs } };
}

/** Separates the options that a class declares from the other keyword arguments. */
function takeOptions(
  layer: Layer,
  kerasCall: KerasCall,
  named: NamedArguments,
): readonly [options: NamedArguments, others: NamedArguments] {
  const declared = namesOfOptions(kerasCall);
  const entries = Object.entries(named).map(([key, value]) => [camelCase(key), value] as const);
  const given = entries.filter(([name]) => declared.includes(name));
  const read = mapRecord(Object.fromEntries(given), isArrayJson, (json) => readArrayJson(layer.who, json));
  const others = Object.entries(named).filter(([key]) => !declared.includes(camelCase(key)));
  return [readCallOptions(layer.who, kerasCall, read, isKerasTensor), Object.fromEntries(others)];
}

function unexpected(who: string, layer: Layer, name: string, value: Argument): NotImplementedError {
  const declared = namesOfOptions((layer.constructor as typeof Layer).kerasCall).map(snakeCase);
  const list = ['training', ...declared].join(', ');
  return new NotImplementedError(
    `[${who}] ${layer.who} can only be called with ${list} and mask. Received: ${name}=${show(value)} in its config.`,
  );
}

/** The inputs of a layer's call: its argument, several in a list, or keyword arguments. */
function inputsOf(
  who: string,
  layer: Layer,
  args: SymbolicArguments['args'],
  named: NamedArguments,
): Tree<KerasTensor> {
  const { inputs: names = [] } = (layer.constructor as typeof Layer).kerasCall;
  let given = args.filter((argument) => argument !== null);
  const inOrder = Object.entries(named).sort(([a], [b]) => names.indexOf(a) - names.indexOf(b));
  for (const [name, value] of inOrder) {
    if (value === null) continue;
    // Without positional arguments, a keyword argument is the first argument.
    const isInput = names.includes(name) ? names.indexOf(name) >= given.length : given.length === 0;
    if (!isInput || !isTreeOf(value, isKerasTensor)) throw unexpected(who, layer, name, value);
    given = [...given, value];
  }
  const inputs = given.length === 1 ? given[0] : given;
  if (isTreeOf(inputs, isKerasTensor)) return inputs;
  if (args.length < 2) throw malformed(who, layer, args[0] ?? args);
  throw new NotImplementedError(
    `[${who}] ${layer.who} can only be called on symbolic tensors, one argument or several. Received: ${args.length} arguments in its config, not all of them symbolic.`,
  );
}

/** A mask, or the masks of several inputs in their order. */
function maskOf(who: string, layer: Layer, mask: Argument): CallMask<KerasTensor> {
  if (tensorsOf(mask, isKerasTensor).length === 0) return null;
  if (isKerasTensor(mask)) return mask;
  const masks: readonly unknown[] = typeof mask === 'object' && mask !== null ? Object.values(mask) : [mask];
  const known = masks.filter((entry) => entry === null || isKerasTensor(entry));
  if (known.length < masks.length) throw unexpected(who, layer, 'mask', mask);
  return known;
}
