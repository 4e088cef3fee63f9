import { show } from '../../core/errors.ts';
import { operandsOf } from '../models/functional/call-graph.ts';
import { KerasTensor, type Node, isKerasTensor as isSymbolic } from '../ops/base/keras-tensor.ts';

/**
 * Whether a value is a symbolic tensor of a model: what `Input` and calls of layers on it return.
 *
 * @example
 * isKerasTensor(Input({ shape: [2] }));    // true
 * isKerasTensor(tensor([1, 2]));           // false
 * @see https://keras.io/api/utils/config_utils/#is_keras_tensor-function
 */
export function isKerasTensor(x: unknown): x is KerasTensor {
  return isSymbolic(x);
}

/**
 * The inputs from which a symbolic tensor is computed, without duplicates, in the order in which a walk from the tensor meets
 * them, depth first. The inputs of a tensor that `Input` returned are itself.
 *
 * @throws TypeError if the argument is not a symbolic tensor.
 * @example
 * const [a, b] = [Input({ shape: [2], name: 'a' }), Input({ shape: [2], name: 'b' })];
 * getSourceInputs(ops.add(new layers.Dense(2).apply(b), a)).map(({ name }) => name);    // ['b', 'a']
 * @see https://keras.io/api/utils/model_plotting_utils/
 */
export function getSourceInputs(tensor: KerasTensor): readonly KerasTensor[] {
  const given: unknown = tensor;
  if (!isSymbolic(given)) {
    throw new TypeError(
      `[utils.getSourceInputs] the argument must be a symbolic tensor. Received: ${show(given)}. Pass what a layer returns when it is called on an Input.`,
    );
  }
  const found = new Set<KerasTensor>();
  const met = new Set<Node>();
  const stack: Node[] = [given.node];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (met.has(node)) continue;
    met.add(node);
    const operands = operandsOf(node);
    if (operands.length === 0) for (const output of node.outputs) found.add(output);
    // The last entry of the stack is next.
    stack.push(...operands.map((operand) => operand.node).reverse());
  }
  return [...found];
}
