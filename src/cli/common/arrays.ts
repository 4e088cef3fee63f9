import { isFloat } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { showShape } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { convert } from '../../core/dtype.ts';
import { type Tree, fillTree, flatten } from '../../core/tree.ts';
import { type InputSignature, isSignature } from '../../keras/export/signature.ts';
import { storedToTensor, tensorToStored } from '../../formats/arrays/convert-stored.ts';
import { files } from '../../formats/files/files-node.ts';
import { readNpy, writeNpy } from '../../formats/npy/npy.ts';
import { wrongCall } from './failure.ts';

/** The map applied to the numbers of inputs before they reach the model: x · scale + offset. */
export interface Scaling {
  readonly scale: number;
  readonly offset: number;
}

/** Returns the tensor in the bytes of a `.npy` file. */
export function parseArray(name: string, bytes: Uint8Array): Tensor {
  return storedToTensor(readNpy(bytes, name), undefined, name);
}

/** Reads the array in a `.npy` file, one row per example. */
export async function readRows(path: string): Promise<Tensor> {
  return withRows(path, parseArray(path, await files.readFile('evenkeel', path)));
}

/** Checks that a tensor has rows. @throws ValueError for a scalar */
export function withRows(name: string, read: Tensor): Tensor {
  if (read.rank > 0) return read;
  throw new ValueError(`[${name}] the array must have at least one axis, that of the rows. Received: a scalar.`);
}

/** Writes a tensor into a `.npy` file. */
export async function writeArray(path: string, array: Tensor, signal: AbortSignal): Promise<void> {
  await files.writeFileAtomic('evenkeel', path, writeNpy(tensorToStored(array)), { signal });
}

/** x · scale + offset, in floating point if the array, the model's input or the map needs it. */
export function prepared(x: Tensor, { scale, offset }: Scaling, signature: InputSignature | null): Tensor {
  const wanted = signature?.dtype ?? x.dtype;
  const changes = scale !== 1 || offset !== 0;
  const dtype = isFloat(x.dtype) ? x.dtype : isFloat(wanted) ? wanted : changes ? 'float32' : x.dtype;
  const data = dtype === x.dtype && !changes ? x.data : convert(x.data, dtype);
  if (!changes) return new Tensor(data, x.shape, dtype);
  return new Tensor(data === x.data ? data.slice().map(apply) : data.map(apply), x.shape, dtype);

  function apply(value: number): number {
    return value * scale + offset;
  }
}

/** The inputs of a model, in its order; null if the model has not fixed them. */
export function inputsOf(signature: Tree<InputSignature> | null): readonly InputSignature[] | null {
  return signature === null ? null : flatten(signature, isSignature);
}

/** Arranges arrays in the structure of a model's inputs. */
export function arrange(
  arrays: readonly Tensor[],
  signature: Tree<InputSignature> | null,
  what: string,
): Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>> {
  const [first] = arrays;
  if (first === undefined) throw wrongCall(`${what} must name a file.`);
  const inputs = inputsOf(signature);
  if (inputs === null || signature === null) return arrays.length === 1 ? first : arrays;
  if (inputs.length !== arrays.length) {
    const list = inputs
      .map(({ name, shape }) => `${name === undefined ? '' : `${name} `}${showShape(shape)}`)
      .join(', ');
    throw wrongCall(
      `${what} must name ${inputs.length === 1 ? 'one .npy file' : `${inputs.length} .npy files`}, one for each input of the model: ${list}. Received: ${arrays.length}.`,
    );
  }
  const rows = arrays.map(({ shape }) => shape[0] ?? 0);
  if (rows.some((count) => count !== rows[0])) {
    throw wrongCall(`${what}: all arrays must have the same number of rows. Received: ${rows.join(', ')}.`);
  }
  return fillTree(signature, isSignature, arrays) as Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>;
}
