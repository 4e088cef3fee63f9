import { NotImplementedError } from '../../../core/errors.ts';
import { type Tensor, type TensorLike, isTensor } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';
import { type Several, isTreeOf } from '../../layers/base/apply-options.ts';
import { readInputs } from '../../trainers/data-adapters/read-data.ts';
import type { InputShape } from '../../layers/base/input-shape.ts';
import type { ExpectedData } from '../../trainers/data-adapters/expected-data.ts';
import type { Topology } from './topology.ts';

/** The data that a model expects, which its host stage may encode before the graph is fed. */
export function expectedDataOf(topology: Topology, builtShape: InputShape | null): ExpectedData {
  const { encoder, feedType, network, outputShapes } = topology;
  const given = network?.host ?? null;
  const inputs = network === null || given === null ? topology.inputSignature(builtShape) : network.inputs;
  return { float: feedType, inputs, outputs: outputShapes, encoder };
}

/** Reads the arrays of a call: tensors as they are, unless the host encodes them. */
export function readArrays(who: string, given: TensorLike | Several<Tensor>, expected: ExpectedData): Tree<Tensor> {
  const isEncoded = (expected.encoder ?? null) !== null;
  if (!isEncoded && isTreeOf(given, isTensor)) return given;
  const { leaves, treedef } = readInputs(who, given, expected);
  return treedef.unflatten(leaves);
}

/** Refuses a model in another one if the graph of that one cannot contain it. @throws NotImplementedError */
export function checkNesting(who: string, { encoder }: Topology): void {
  if (encoder === null) return;
  throw new NotImplementedError(
    `[${who}] a model whose first layers compute on the host cannot be part of another. Apply these layers to inputs of that model, and the others to their results.`,
  );
}
