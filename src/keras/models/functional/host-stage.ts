import { own } from '../../../core/own.ts';
import { isRecord } from '../../../core/config.ts';
import { NotImplementedError, ValueError, show } from '../../../core/errors.ts';
import { type KnownShape, type Shape, compatible, showShape } from '../../../core/shape.ts';
import { Tensor, isArrayLike } from '../../../core/tensor.ts';
import { type Tree, flatten, unwrapSingle } from '../../../core/tree.ts';
import { InputLayer } from '../../layers/core/input-layer.ts';
import { Discretization } from '../../layers/preprocessing/discretization.ts';
import { TokenArray, readTokens } from '../../layers/preprocessing/token-data.ts';
import { TokenLayer } from '../../layers/preprocessing/token-layer.ts';
import { type KerasTensor, type Node, isKerasTensor } from '../../ops/base/keras-tensor.ts';
import type { FloatType } from '../../trainers/data-adapters/expected-data.ts';
import { readInputs } from '../../trainers/data-adapters/read-data.ts';
import { operandsOf, operationOf } from './call-graph.ts';

/** Data of an input: tokens for layers on the host, an array for the graph. */
type Datum = TokenArray | Tensor;

const isTokenNode = ({ operation }: Node): boolean => operation instanceof TokenLayer;
const isInputNode = ({ operation }: Node): boolean => operation instanceof InputLayer;

/** A layer that computes on the host. */
interface HostLayer {
  encode(data: unknown): Tensor;
}

/**
 * Whether a call is made on the host: those on strings and indices, and those of Discretization whose results such calls
 * receive. Other calls of Discretization are part of the graph.
 */
function callsOnHost(nodes: readonly Node[]): (node: Node) => boolean {
  const received = new Set(nodes.filter(isTokenNode).flatMap(operandsOf));
  const isReceived = ({ operation, outputs }: Node): boolean =>
    operation instanceof Discretization && outputs.some((output) => received.has(output));
  return (node) => isTokenNode(node) || isReceived(node);
}

/**
 * The calls of a network on strings and on integers of 64 bits, which graphs do not have: its first calls, which are made on
 * the host as data is read. The graph is fed with their results, and with the other inputs.
 */
export class HostStage {
  /** The tensors that are fed to the graph. */
  readonly fed: readonly KerasTensor[];
  readonly #inputs: Tree<KerasTensor>;
  /** The calls on the host, in order. */
  readonly #nodes: readonly Node[];

  private constructor(inputs: Tree<KerasTensor>, nodes: readonly Node[], fed: readonly KerasTensor[]) {
    this.#inputs = inputs;
    this.#nodes = nodes;
    this.fed = fed;
  }

  /**
   * The stage of a network; null if no call needs the host.
   * @throws NotImplementedError if such a call receives a result of the graph
   */
  static of(
    who: string,
    inputs: Tree<KerasTensor>,
    outputs: readonly KerasTensor[],
    nodes: readonly Node[],
  ): HostStage | null {
    if (!nodes.some(isTokenNode)) return null;
    const onHost = nodes.filter(callsOnHost(nodes));
    const hosted = new Set(onHost);
    const isHostNode = (node: Node): boolean => hosted.has(node);
    for (const node of onHost) {
      const late = operandsOf(node).find((operand) => !isInputNode(operand.node) && !isHostNode(operand.node));
      if (late === undefined) continue;
      throw new NotImplementedError(
        `[${who}] layers of strings and of their indices must come first. Received: ${operationOf(node).who}, applied to a result of ${operationOf(late.node).who}. Apply it to an Input.`,
      );
    }
    const inGraph = nodes.filter((node) => !isHostNode(node) && !isInputNode(node)).flatMap(operandsOf);
    const early = [...inGraph, ...outputs].filter(({ node }) => isInputNode(node) || isHostNode(node));
    return new HostStage(inputs, onHost, [...new Set(early)]);
  }

  /** Whether a call is made on the host. */
  has(node: Node): boolean {
    return this.#nodes.includes(node);
  }

  /** The data that is fed to the graph, in the order of {@link fed}. @throws TypeError or ValueError if data does not fit */
  encode(who: string, x: unknown, float: FloatType): Tree<Tensor> {
    const inputs = flatten(this.#inputs, isKerasTensor);
    const given = new Map(inputs.map((input, i) => [input, dataOf(who, x, this.#inputs, inputs, i)]));
    const known = new Map<KerasTensor, Datum>();
    const datumOf = (tensor: KerasTensor): Datum => {
      const found = known.get(tensor);
      if (found !== undefined) return found;
      // Numbers in nested arrays are read in float64 here: integers of 64 bits have more digits than float32.
      const read = fitTokens(who, tensor, readTokens(who, given.get(tensor)));
      known.set(tensor, read);
      return read;
    };
    const arrayOf = (tensor: KerasTensor): Tensor | undefined => {
      const result = known.get(tensor);
      if (result instanceof Tensor) return result;
      return flatten(readInputs(who, given.get(tensor), { float, inputs: tensor, outputs: null }).leaves, isTensor)[0];
    };
    for (const { operation, inputs: operands, outputs } of this.#nodes) {
      const tensors = flatten(operands, isKerasTensor);
      const [first, ...others] =
        operation instanceof Discretization
          ? tensors.map((each) => fitArray(who, each, arrayOf(each)))
          : tensors.map(datumOf);
      const result = (operation as Node['operation'] & HostLayer).encode(
        others.length === 0 ? first : [first, ...others],
      );
      for (const output of outputs) known.set(output, result);
    }
    const fed = this.fed.map(arrayOf);
    return unwrapSingle(
      fed.filter((each) => each !== undefined),
      isTensor,
    );
  }
}

const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;

const isNamed = (x: unknown): x is Readonly<Record<string, unknown>> => isRecord(x) && !isArrayLike(x);

/** The data of an input: an entry of a record by its name, or of a list; or all data, for the only input. */
function dataOf(
  who: string,
  x: unknown,
  structure: Tree<KerasTensor>,
  inputs: readonly KerasTensor[],
  i: number,
): unknown {
  const names = inputs.map(({ name }) => name);
  if (isNamed(x)) {
    const keys = isNamed(structure) && !isKerasTensor(structure) ? Object.keys(structure) : names;
    const found = own(x, keys[i] ?? '') ?? own(x, names[i] ?? '');
    if (found !== undefined) return found;
    throw new ValueError(
      `[${who}] there must be data for every input. Received: ${show(Object.keys(x))}, without ${show(keys[i])}.`,
    );
  }
  if (inputs.length === 1) return x;
  if (Array.isArray(x) && x.length === inputs.length) return x[i] as unknown;
  throw new ValueError(
    `[${who}] the model has ${inputs.length} inputs, ${show(names)}. Received: ${show(x)}. Give a list of ${inputs.length} arrays, or a record with these names.`,
  );
}

/** Tokens in the rank of an input. */
function fitTokens(who: string, input: KerasTensor, { shape, tokens }: TokenArray): TokenArray {
  return new TokenArray(fitShape(who, input, shape), tokens);
}

/** An array in the rank of an input. */
function fitArray(who: string, input: KerasTensor, given: Tensor | undefined): Tensor | undefined {
  return given && new Tensor(given.data, fitShape(who, input, given.shape), given.dtype);
}

/** The shape of data in the rank of an input: without its last axis, or with another, if that is of size 1. */
function fitShape(who: string, { shape, name }: KerasTensor, given: KnownShape): KnownShape {
  const isShort = given.length === shape.length - 1 && shape.at(-1) === 1;
  const isLong = given.length === shape.length + 1 && given.at(-1) === 1;
  const fitted = isShort ? [...given, 1] : isLong ? given.slice(0, -1) : given;
  const expected: Shape = [null, ...shape.slice(1)];
  if (compatible(expected, fitted)) return fitted;
  throw new ValueError(
    `[${who}] expected inputs of shape ${showShape(expected)} for ${show(name)}. Received: shape ${showShape(given)}.`,
  );
}
