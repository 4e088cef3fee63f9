import { InternalError } from '../../../core/errors.ts';
import { type Tree, mapTree } from '../../../core/tree.ts';
import { type SymbolicArguments, mapArguments, mapRecord } from '../../ops/base/symbolic-arguments.ts';
import { type KerasTensor, type Node, isKerasTensor } from '../../ops/base/keras-tensor.ts';
import type { Layer } from '../../layers/base/layer.ts';
import { Operation } from '../../ops/base/operation.ts';
import { operationOf } from './call-graph.ts';

/** Maps a tensor to its replacement. */
export type MadeTensor = (tensor: KerasTensor) => KerasTensor;

/** Repeats a call on other tensors, with the same layer or a replacement. */
export function callAgain(
  node: Node,
  madeFor: MadeTensor,
  operation: Layer | Operation = operationOf(node),
): Tree<KerasTensor> {
  if (operation instanceof Operation) {
    return operation.symbolicCall(mapArguments(argumentsOf(node), isKerasTensor, madeFor));
  }
  const given = node.arguments === null ? null : mapArguments(node.arguments, isKerasTensor, madeFor);
  const again = (symbol: KerasTensor | null): KerasTensor | null => (symbol === null ? null : madeFor(symbol));
  const mask = node.mask === null || isKerasTensor(node.mask) ? again(node.mask) : node.mask.map(again);
  const options = mapRecord(node.options, isKerasTensor, madeFor);
  const details = { training: node.training, mask, options, arguments: given };
  return operation.applySymbolically(mapTree(node.inputs, isKerasTensor, madeFor), details);
}

/** The arguments of a call of an operation. */
export function argumentsOf({ operation, arguments: given }: Node): SymbolicArguments {
  if (given !== null) return given;
  throw new InternalError(`operation ${operation.name} has no recorded arguments.`);
}
