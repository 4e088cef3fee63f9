import { InternalError, ValueError, show } from '../../../core/errors.ts';
import { type Tree, fillTree, flatten, mapTree, unwrapSingle } from '../../../core/tree.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import { isTreeOf } from '../../layers/base/apply-options.ts';
import type { CallContext } from '../../layers/base/call-context.ts';
import { listMasks } from '../../layers/base/call-masks.ts';
import { mapArguments, mapRecord } from '../../ops/base/symbolic-arguments.ts';
import { InputLayer } from '../../layers/core/input-layer.ts';
import { type KerasTensor, type Node, isKerasTensor } from '../../ops/base/keras-tensor.ts';
import { Layer } from '../../layers/base/layer.ts';
import { Operation } from '../../ops/base/operation.ts';
import { argumentsOf, callAgain } from './call-again.ts';
import { type CallGraph, mapGraph, operandsOf, operationOf } from './call-graph.ts';
import { HostStage } from './host-stage.ts';
import { arrangeInputs, namesIn, standardize } from './standardize.ts';
import { sortKeys } from './structure.ts';

/** The inputs and outputs of a model of symbolic tensors, and the calls of layers between them. */
export class Network {
  /** The inputs in the structure that the user passed, with the keys of records sorted. */
  readonly inputs: Tree<KerasTensor>;
  /** The outputs, in the same way. */
  readonly outputs: Tree<KerasTensor>;
  /** The first calls of the network, if they are made on the host. */
  readonly host: HostStage | null;
  readonly #who: string;
  readonly #graph: CallGraph;
  readonly #nodes: ReadonlyMap<Layer | Operation, readonly Node[]>;

  /** @throws TypeError if something is not a symbolic tensor; ValueError if the outputs cannot be computed. */
  constructor(who: string, inputs: unknown, outputs: unknown) {
    this.#who = who;
    let given = readStructure(who, 'inputs', inputs);
    let wanted = readStructure(who, 'outputs', outputs);
    checkDistinct(who, flatten(given, isKerasTensor));
    const replaced = replacedBy(flatten(given, isKerasTensor));
    const starts = [...flatten(given, isKerasTensor), ...replaced.keys()];
    let graph = mapGraph(who, starts, flatten(wanted, isKerasTensor));
    const sources = new Set([...replaced.keys()].map(({ node }) => node.operation));
    const named = graph.operations.filter((operation) => !sources.has(operation));
    checkNames(who, named, flatten(given, isKerasTensor));
    if (replaced.size > 0 || starts.some(({ node }) => !(node.operation instanceof InputLayer))) {
      [given, wanted] = repeatCalls(given, wanted, graph, replaced);
      graph = mapGraph(who, flatten(given, isKerasTensor), flatten(wanted, isKerasTensor));
    }
    [this.inputs, this.outputs] = [given, wanted];
    this.#graph = graph;
    this.#nodes = callsOf(graph);
    this.host = HostStage.of(who, this.inputs, this.flatOutputs, graph.levels.flat());
  }

  /** The tensors that are fed to the graph: the inputs, or the results of the host in their place. */
  get fed(): Tree<KerasTensor> {
    return this.host === null ? this.inputs : unwrapSingle(this.host.fed, isKerasTensor);
  }

  /** The layers, including those of the inputs, in Keras's order. */
  get layers(): readonly Layer[] {
    return this.operations.filter((operation) => operation instanceof Layer);
  }

  /** The layers and the operations between them. */
  get operations(): readonly (Layer | Operation)[] {
    return this.#graph.operations;
  }

  /** The calls grouped by their distance from the outputs, in decreasing order. */
  get levels(): CallGraph['levels'] {
    return this.#graph.levels;
  }

  get flatInputs(): readonly KerasTensor[] {
    return flatten(this.inputs, isKerasTensor);
  }

  get flatOutputs(): readonly KerasTensor[] {
    return flatten(this.outputs, isKerasTensor);
  }

  get outputNames(): readonly string[] {
    return namesIn(this.outputs);
  }

  /** The calls of a layer within the network, oldest first. */
  nodesOf(operation: Layer | Operation): readonly Node[] {
    return this.#nodes.get(operation) ?? [];
  }

  /** Repeats the calls on values. A training mode that a call fixes takes precedence over that of the context. */
  run(given: Tree<Value>, { trace, training, mask }: CallContext): Tree<Value> {
    const { fed } = this;
    const inputs = flatten(fed, isKerasTensor);
    const known = new Map<KerasTensor, Value>();
    for (const [i, value] of arrangeInputs(this.#who, given, fed).entries()) {
      const input = inputs[i];
      if (input === undefined) continue;
      const which = inputs.length === 1 ? '' : ` for ${show(input.name)}`;
      const fitting = standardize(this.#who, value, input, which);
      const itsMask = trace.maskOf(value) ?? (i === 0 ? mask : null);
      if (itsMask !== null) trace.setMask(fitting, itsMask);
      known.set(input, fitting);
    }
    const valueOf = (tensor: KerasTensor): Value => {
      const value = known.get(tensor);
      if (value === undefined) throw new InternalError(`${tensor.toString()} was not computed.`);
      return value;
    };
    for (const node of this.levels.flat()) {
      if (node.operation instanceof InputLayer || this.host?.has(node) === true) continue;
      const outputs = repeatCall(node, trace, training, valueOf);
      for (const [i, value] of flatten(outputs, isValue).entries()) {
        const tensor = node.outputs[i];
        if (tensor !== undefined) known.set(tensor, value);
      }
    }
    return unwrapSingle(fillTree(this.outputs, isKerasTensor, this.flatOutputs.map(valueOf)), isValue);
  }

  /** The origin of each layer's inputs, as summaries show it: `dense[0][0]`. */
  get connections(): ReadonlyMap<Layer | Operation, string> {
    return new Map(
      this.operations.map((layer) => {
        const sources = this.nodesOf(layer).flatMap(operandsOf);
        const texts = sources.map(({ node, index }) => `${node.operation.name}[${node.index}][${index}]`);
        return [layer, texts.length === 0 ? '-' : texts.join(', ')];
      }),
    );
  }

  /** Whether the layers form a chain: nothing branches, merges or is shared. */
  get isChain(): boolean {
    return (
      this.levels.every((level) => level.length === 1 && level.every((node) => operandsOf(node).length <= 1)) &&
      this.operations.every((layer) => this.nodesOf(layer).length <= 1)
    );
  }
}

/**
 * Repeats a call on values. A training mode that the call fixes takes precedence over that of the model, as Keras's guides
 * document; in Keras 3.15.1 itself, the mode of fit, evaluate and predict takes precedence.
 */
function repeatCall(node: Node, trace: Trace, training: boolean, valueOf: (tensor: KerasTensor) => Value): Tree<Value> {
  const layer = operationOf(node);
  if (layer instanceof Operation) return layer.call(mapArguments(argumentsOf(node), isKerasTensor, valueOf));
  const operands = mapTree(node.inputs, isKerasTensor, valueOf);
  const masks = listMasks(node.mask).map((mask) => (mask === null ? null : valueOf(mask)));
  const options = mapRecord(node.options, isKerasTensor, valueOf);
  return layer.applyIn(trace, operands, node.training ?? training, masks, options);
}

/** The calls of each layer and operation, oldest first. */
function callsOf({ levels }: CallGraph): ReadonlyMap<Layer | Operation, readonly Node[]> {
  const calls = new Map<Layer | Operation, Node[]>();
  for (const node of levels.flat().sort((a, b) => a.index - b.index)) {
    const operation = operationOf(node);
    calls.set(operation, [...(calls.get(operation) ?? []), node]);
  }
  return calls;
}

function readStructure(who: string, argument: string, given: unknown): Tree<KerasTensor> {
  if (isTreeOf(given, isKerasTensor)) return sortKeys(given, isKerasTensor);
  const isEmpty = typeof given === 'object' && given !== null && Object.keys(given).length === 0;
  const hint = isEmpty ? 'at least one' : 'of Input(…) and of layers applied to it';
  const place = argument === 'inputs' ? 'input' : 'output';
  const fix =
    given === undefined || given instanceof Layer
      ? ` Pass the ${place} of a layer that has been applied: layer.${place}.`
      : '';
  throw new TypeError(
    `[${who}] ${argument} must be symbolic tensors, ${hint}, alone or in arrays and records. Received: ${argument}=${show(given)}.${fix}`,
  );
}

function checkDistinct(who: string, inputs: readonly KerasTensor[]): void {
  const twice = inputs.find((input, i) => inputs.indexOf(input) !== i);
  if (twice === undefined) return;
  throw new ValueError(`[${who}] the inputs must be different tensors. Received: ${show(twice.name)} twice.`);
}

/** The tensors whose places inputs take, each with its input. */
function replacedBy(inputs: readonly KerasTensor[]): ReadonlyMap<KerasTensor, KerasTensor> {
  return new Map(
    inputs.flatMap((input) => {
      const { operation } = input.node;
      const tensor = operation instanceof InputLayer ? operation.inputTensor : null;
      return tensor === null || inputs.includes(tensor) ? [] : [[tensor, input] as const];
    }),
  );
}

/** Names must be unique: files and records of inputs refer to layers by name. */
function checkNames(who: string, operations: readonly (Layer | Operation)[], inputs: readonly KerasTensor[]): void {
  const all = new Set([
    ...operations,
    ...inputs.map(({ node }) => node.operation).filter((operation) => operation instanceof InputLayer),
  ]);
  const names = new Set<string>();
  for (const { name } of all) {
    if (names.has(name)) {
      throw new ValueError(
        `[${who}] the layers must have different names. Received: a second layer named ${show(name)}. Give it another one: { name: … }.`,
      );
    }
    names.add(name);
  }
}

/** Repeats the calls of a model that starts at the output of a layer, with Inputs in place of that output. */
function repeatCalls(
  inputs: Tree<KerasTensor>,
  outputs: Tree<KerasTensor>,
  graph: CallGraph,
  replaced: ReadonlyMap<KerasTensor, KerasTensor>,
): [Tree<KerasTensor>, Tree<KerasTensor>] {
  const made = new Map(replaced);
  const madeFor = (tensor: KerasTensor): KerasTensor => made.get(tensor) ?? tensor;
  for (const tensor of flatten(inputs, isKerasTensor)) {
    if (tensor.node.operation instanceof InputLayer) continue;
    const { shape, dtype, isString, name } = tensor;
    const type = isString ? 'string' : dtype;
    made.set(tensor, new InputLayer({ batchShape: shape, dtype: type, name: `${name}CLONE` }).output);
  }
  const all = (tree: Tree<KerasTensor>): Tree<KerasTensor> =>
    fillTree(tree, isKerasTensor, flatten(tree, isKerasTensor).map(madeFor));
  for (const node of graph.levels.flat()) {
    if (node.operation instanceof InputLayer) continue;
    const again = callAgain(node, madeFor);
    for (const [i, tensor] of flatten<KerasTensor>(again, isKerasTensor).entries()) {
      const before = node.outputs[i];
      if (before !== undefined) made.set(before, tensor);
    }
  }
  return [all(inputs), all(outputs)];
}
