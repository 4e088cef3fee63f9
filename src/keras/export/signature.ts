import { type DType, checkDType } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { isRecord } from '../../core/config.ts';
import { checkOptions } from '../../core/checks.ts';
import { type Shape, checkShape } from '../../core/shape.ts';
import { type Tree, fillTree, flatten, mapTree, treePaths } from '../../core/tree.ts';
import { type InputShape, isShape } from '../layers/base/input-shape.ts';
import { KerasTensor } from '../ops/base/keras-tensor.ts';
import { uniqueAmong } from './names.ts';

/** One input of a model; a symbolic tensor from `Input` is one too. */
export interface InputSignature {
  /** The shape with the batch; `null` for a free size. */
  readonly shape: Shape;
  /** The type of the elements. @default 'float32', or the model's floating-point type */
  readonly dtype?: DType | undefined;
  /** The name of the input. @default the name of the model's own input, else 'input' */
  readonly name?: string | undefined;
}

/** An input with all properties known. */
export interface ExportInput extends InputSignature {
  readonly dtype: DType;
  readonly name: string;
}

export const isExportInput = (value: unknown): value is ExportInput => isSignature(value) && value.name !== undefined;

export const isSignature = (value: unknown): value is InputSignature =>
  typeof value === 'object' && value !== null && 'shape' in value && Array.isArray(value.shape);

/** The inputs of a model that was built for these shapes; `null` before it is built. */
export function signatureOf(shape: InputShape | null, dtype: DType): Tree<InputSignature> | null {
  return shape === null ? null : mapTree(shape as Tree<Shape>, isShape, (each) => ({ shape: each, dtype }));
}

/**
 * The inputs to export, from the option and the model's own inputs; names are unique.
 *
 * @throws TypeError if the option is not a signature; ValueError if the inputs are unknown.
 */
export function readSignature(
  who: string,
  given: unknown,
  own: Tree<InputSignature> | null,
  float: DType,
): Tree<ExportInput> {
  const chosen: unknown = given ?? own;
  if (chosen === null) {
    throw new ValueError(
      `[${who}] the inputs must be known. Received: a model that is not built. Build it, or pass inputSignature.`,
    );
  }
  const tree = checkTree(who, chosen);
  const [items, paths] = [flatten(tree, isSignature), treePaths(tree, isSignature)];
  const ownItems = own === null ? [] : flatten(own, isSignature);
  const ownPaths = own === null ? [] : treePaths(own, isSignature);
  const taken = new Set<string>();
  const read = items.map(({ shape, dtype, name }, i): ExportInput => {
    const path = paths[i] ?? '';
    // A record may refer by name to the inputs of a model that has them in a list.
    const key = path.startsWith('.') ? path.slice(1) : null;
    const like = ownItems[ownPaths.indexOf(path)] ?? ownItems.find((each) => each.name === key);
    return {
      shape: checkShape(shape, who, 'inputSignature'),
      dtype: dtype === undefined ? (like?.dtype ?? float) : checkDType(dtype, who),
      name: uniqueAmong(taken, name ?? like?.name ?? key ?? (items.length === 1 ? 'input' : `input_${i}`)),
    };
  });
  return fillTree(tree, isSignature, read);
}

function checkTree(who: string, given: unknown): Tree<InputSignature> {
  if (isSignature(given)) {
    if (!(given instanceof KerasTensor)) checkOptions(`${who} inputSignature`, given, ['shape', 'dtype', 'name']);
    if (given.name !== undefined && (typeof given.name !== 'string' || given.name === '')) {
      throw new TypeError(
        `[${who}] the name of an input must be a non-empty string. Received: name=${show(given.name)}.`,
      );
    }
    return given;
  }
  const children = Array.isArray(given) ? (given as unknown[]) : isRecord(given) ? Object.values(given) : [];
  if (children.length === 0) {
    throw new TypeError(
      `[${who}] inputSignature must be { shape, dtype, name }, or several in a list or a record. Received: inputSignature=${show(given)}.`,
    );
  }
  for (const child of children) checkTree(who, child);
  return given as Tree<InputSignature>;
}
