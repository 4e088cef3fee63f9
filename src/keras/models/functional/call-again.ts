import { InternalError } from '../../../core/errors.ts';
import { type Tree, mapTree } from '../../../core/tree.ts';
import { type CallForm, mapForm } from '../../ops/call-form.ts';
import { type KerasTensor, type LayerNode, isKerasTensor } from '../../ops/keras-tensor.ts';
import type { Layer } from '../../layers/base/layer.ts';
import { Operation } from '../../operations/operation.ts';
import { layerOf } from './graph.ts';

/** The tensor that takes the place of one. */
export type MadeTensor = (tensor: KerasTensor) => KerasTensor;

/** The same call on other tensors, of the same layer or of one in its place. */
export function callAgain(node: LayerNode, madeFor: MadeTensor, layer: Layer = layerOf(node)): Tree<KerasTensor> {
  const form = node.form === null ? null : mapForm(node.form, isKerasTensor, madeFor);
  if (layer instanceof Operation) return layer.applyForm(form ?? formOf(node));
  const again = (symbol: KerasTensor | null): KerasTensor | null => (symbol === null ? null : madeFor(symbol));
  const mask = node.mask === null || isKerasTensor(node.mask) ? again(node.mask) : node.mask.map(again);
  return layer.applySymbolically(mapTree(node.inputs, isKerasTensor, madeFor), { training: node.training, mask, form });
}

/** How an operation was called. */
export function formOf({ layer, form }: LayerNode): CallForm {
  if (form !== null) return form;
  throw new InternalError(`the call of the operation ${layer.name} says not how.`);
}
