import { ValueError } from '../../../core/errors.ts';
import { type Tree, flatten, mapTree, unwrapSingle } from '../../../core/tree.ts';
import type { ValueType } from '../../../compiler/ir/value.ts';
import { type CallDetails, type Callable, KerasTensor, type Node, isKerasTensor } from './keras-tensor.ts';

const hasType = (value: unknown): value is ValueType => typeof value === 'object' && value !== null && 'dtype' in value;

/** Refuses strings for a layer or an operation that computes in a graph. @throws TypeError */
export function checkStrings(operation: Callable, inputs: Tree<KerasTensor>): void {
  if (operation.acceptsStrings === true) return;
  const found = flatten(inputs, isKerasTensor).find(({ isString }) => isString);
  if (found === undefined) return;
  throw new TypeError(
    `[${operation.who}] strings must be replaced by numbers first. Received: ${found.toString()}. Apply TextVectorization, StringLookup or Hashing to it.`,
  );
}

/** Appends a symbolic call to the calls of a layer or an operation, and returns its outputs, of the types given. */
export function recordCall(
  operation: Callable,
  nodes: Node[],
  inputs: Tree<KerasTensor>,
  types: Tree<ValueType>,
  { training = null, mask = null, options = {}, arguments: given = null }: CallDetails = {},
): Tree<KerasTensor> {
  const outputs: KerasTensor[] = [];
  const copied = mapTree(inputs, isKerasTensor, (tensor): KerasTensor => tensor);
  let result: Tree<KerasTensor> = [];
  const node: Node = {
    ...{ operation, index: nodes.length, inputs: copied, outputs, training, mask, options, arguments: given },
    // A node and its tensors refer to each other.
    get result() {
      return result;
    },
  };
  nodes.push(node);
  result = mapTree(types, hasType, (type) => {
    const made = new KerasTensor(type, operation.name, node, outputs.length);
    outputs.push(made);
    return made;
  });
  return result;
}

/**
 * The symbolic inputs of a layer's first call, in their structure.
 * @throws ValueError if it has not been called on symbolic tensors
 */
export function firstInput(layer: Callable): KerasTensor {
  return unwrapSingle(firstNode(layer, 'input').inputs, isKerasTensor) as KerasTensor;
}

/** The symbolic outputs of a layer's first call; see {@link firstInput}. */
export function firstOutput(layer: Callable): KerasTensor {
  return unwrapSingle(firstNode(layer, 'output').result, isKerasTensor) as KerasTensor;
}

function firstNode({ who, inboundNodes }: Callable, property: string): Node {
  const [first] = inboundNodes;
  if (first !== undefined) return first;
  throw new ValueError(
    `[${who}] ${property} is known after the first call on a symbolic tensor. Received: a layer that has never been called on one. Call it on an Input, or build the model that contains it.`,
  );
}
