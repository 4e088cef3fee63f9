import { isRecord, isSerializedObject } from '../../../core/config.ts';
import { NotImplementedError, ValueError, show } from '../../../core/errors.ts';
import { type Tree, flatten } from '../../../core/tree.ts';
import { isTreeOf } from '../../layers/base/apply-options.ts';
import { type Argument, type SymbolicArguments, tensorsOf } from '../../ops/base/symbolic-arguments.ts';
import { type CallMask, type KerasTensor, isKerasTensor } from '../../ops/base/keras-tensor.ts';
import type { Layer } from '../../layers/base/layer.ts';
import { Operation } from '../../ops/base/operation.ts';
import { INFERRING } from './call-keywords.ts';
import { unwrapSingle } from './structure.ts';

/** A place in a network: a layer's name, which of its calls, and which of the call's outputs. */
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

/** The place that a config writes as `[layer, call, output]`; null if it is none. */
export function readPlace(value: unknown): Place | null {
  if (!Array.isArray(value) || value.length < 3) return null;
  const [layer, call, output] = value as readonly unknown[];
  if (typeof layer !== 'string' || typeof call !== 'number' || typeof output !== 'number') return null;
  return new Place(layer, call, output);
}

/** A call as a config has it. */
export interface WrittenCall {
  readonly form: SymbolicArguments;
  /** Whether it stands in the older form, a list of `[layer, call, output, arguments]`. */
  readonly isOld: boolean;
}

function malformed(who: string, layer: Layer | Operation, value: unknown): ValueError {
  return new ValueError(
    `[${who}] the inbound_nodes of ${layer.who} must be calls on symbolic tensors. Received: ${show(value)}.`,
  );
}

/**
 * The calls of a layer in a config, of Keras 3 and of the older form.
 * @throws ValueError if there is something else.
 */
export function readCalls(who: string, layer: Layer | Operation, nodes: unknown): readonly WrittenCall[] {
  if (!Array.isArray(nodes)) throw malformed(who, layer, nodes);
  return nodes.map((node: unknown) => {
    const call = Array.isArray(node) ? readOldCall(who, layer, node) : readCall(who, layer, node);
    if (call === null) throw malformed(who, layer, node);
    return call;
  });
}

function readOldCall(who: string, layer: Layer | Operation, node: readonly unknown[]): WrittenCall | null {
  const places = node.map(readPlace).filter((place) => place !== null);
  const keywords: unknown = (node[0] as readonly unknown[] | undefined)?.[3] ?? {};
  if (places.length === 0 || places.length < node.length || !isRecord(keywords)) return null;
  const kwargs = Object.entries(keywords).map(([name, value]) => [name, readArgument(who, layer, value)] as const);
  const inputs = unwrapSingle<Place>(places, isPlace);
  return { form: { args: [inputs], kwargs: Object.fromEntries(kwargs) }, isOld: true };
}

function readCall(who: string, layer: Layer | Operation, node: unknown): WrittenCall | null {
  if (!isRecord(node) || !Array.isArray(node['args'])) return null;
  const keywords: unknown = node['kwargs'] ?? {};
  if (!isRecord(keywords)) return null;
  const args = (node['args'] as readonly unknown[]).map((value) => readArgument(who, layer, value));
  const kwargs = Object.entries(keywords).map(([name, value]) => [name, readArgument(who, layer, value)] as const);
  return { form: { args, kwargs: Object.fromEntries(kwargs) }, isOld: false };
}

/** An argument with places where Keras has symbolic tensors; everything else is JSON. */
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
 * Makes a call of a config: an operation takes all arguments; a layer the inputs, a mode and a mask. Several arguments by
 * place are a list of inputs.
 *
 * @throws NotImplementedError if a layer is given something else.
 */
export function makeCall(
  who: string,
  layer: Layer | Operation,
  form: SymbolicArguments,
  isOld: boolean,
): readonly KerasTensor[] {
  if (layer instanceof Operation) return flatten<KerasTensor>(layer.symbolicCall(form), isKerasTensor);
  const { training, mask, ...named } = form.kwargs;
  const inputs = inputsOf(who, layer, form.args, named);
  const isDefault = training === false && INFERRING.includes(layer.className);
  if (training !== undefined && training !== null && typeof training !== 'boolean') {
    throw unexpected(who, layer, 'training', training);
  }
  const outputs = layer.applySymbolically(inputs, {
    training: isDefault ? null : (training ?? null),
    mask: maskOf(who, layer, mask ?? null),
    arguments: isOld ? null : form,
  });
  return flatten(outputs, isKerasTensor);
}

function unexpected(who: string, layer: Layer | Operation, name: string, value: Argument): NotImplementedError {
  return new NotImplementedError(
    `[${who}] ${layer.who} can only be called with training and mask. Received: ${name}=${show(value)} in its config.`,
  );
}

/** What a layer is called on: its argument, several in a list, or the one that is given by name. */
function inputsOf(
  who: string,
  layer: Layer | Operation,
  args: SymbolicArguments['args'],
  named: SymbolicArguments['kwargs'],
): Tree<KerasTensor> {
  let given = args.filter((argument) => argument !== null);
  for (const [name, value] of Object.entries(named)) {
    if (value === null) continue;
    // What a call gives by name is its first argument where it gives nothing by place.
    if (given.length > 0 || !isTreeOf(value, isKerasTensor)) throw unexpected(who, layer, name, value);
    given = [value];
  }
  const inputs = given.length === 1 ? given[0] : given;
  if (isTreeOf(inputs, isKerasTensor)) return inputs;
  if (args.length < 2) throw malformed(who, layer, args[0] ?? args);
  throw new NotImplementedError(
    `[${who}] ${layer.who} can only be called on symbolic tensors, one argument or several. Received: ${args.length} arguments in its config, and not all are.`,
  );
}

/** A mask, or those of several inputs in their order. */
function maskOf(who: string, layer: Layer | Operation, mask: Argument): CallMask {
  if (tensorsOf(mask, isKerasTensor).length === 0) return null;
  if (isKerasTensor(mask)) return mask;
  const masks: readonly unknown[] = typeof mask === 'object' && mask !== null ? Object.values(mask) : [mask];
  const known = masks.filter((entry) => entry === null || isKerasTensor(entry));
  if (known.length < masks.length) throw unexpected(who, layer, 'mask', mask);
  return known;
}
