import { checkInteger } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import { slice } from '../../../compiler/builder/index.ts';
import type { Operand } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { pad } from '../numpy/joining.ts';
import { type DataFormatOptions, axesOf, readDataFormat, readImages, standIn } from './images.ts';

/** Options of {@link padImages}: two of the three of each axis. */
export interface PadImagesOptions extends DataFormatOptions {
  /** The number of rows of zeros above. @default null, what the other two leave */
  topPadding?: number | null | undefined;
  /** The number of columns of zeros on the left. @default null, what the other two leave */
  leftPadding?: number | null | undefined;
  /** The number of rows of zeros below. @default null, what the other two leave */
  bottomPadding?: number | null | undefined;
  /** The number of columns of zeros on the right. @default null, what the other two leave */
  rightPadding?: number | null | undefined;
  /** The height of the result. @default null, what the other two make */
  targetHeight?: number | null | undefined;
  /** The width of the result. @default null, what the other two make */
  targetWidth?: number | null | undefined;
}

/** Options of {@link cropImages}: two of the three of each axis. */
export interface CropImagesOptions extends DataFormatOptions {
  /** The number of rows removed above. @default null, what the other two leave */
  topCropping?: number | null | undefined;
  /** The number of columns removed on the left. @default null, what the other two leave */
  leftCropping?: number | null | undefined;
  /** The number of rows removed below. @default null, what the other two leave */
  bottomCropping?: number | null | undefined;
  /** The number of columns removed on the right. @default null, what the other two leave */
  rightCropping?: number | null | undefined;
  /** The height of the result. @default null, what the other two leave */
  targetHeight?: number | null | undefined;
  /** The width of the result. @default null, what the other two leave */
  targetWidth?: number | null | undefined;
}

/** The change of an axis: two of the three are given. */
interface EdgeChange {
  readonly names: readonly [before: string, after: string, target: string];
  readonly before: number | null;
  readonly after: number | null;
  readonly target: number | null;
}

function readChange(
  who: string,
  names: EdgeChange['names'],
  given: readonly (number | null | undefined)[],
): EdgeChange {
  const [before = null, after = null, target = null] = given.map((value, i) =>
    value === null || value === undefined ? null : checkInteger(who, names[i] ?? '', value, 0),
  );
  if ([before, after, target].filter((value) => value === null).length === 1) return { names, before, after, target };
  const received = names.map((name, i) => `${name}=${show(given[i] ?? null)}`).join(', ');
  throw new ValueError(`[${who}] exactly two of ${names.join(', ')} must be given. Received: ${received}.`);
}

/** The numbers of elements before and after an axis by which its size changes: `sign` is 1 for padding, −1 for cropping. */
function edgesOf(
  who: string,
  { names, before, after, target }: EdgeChange,
  size: number,
  sign: 1 | -1,
): readonly [number, number] {
  const total = target === null ? null : sign * (target - size);
  const edges = [before ?? (total ?? 0) - (after ?? 0), after ?? (total ?? 0) - (before ?? 0)] as const;
  const wrong = edges.findIndex((edge) => edge < 0);
  const left = sign === 1 ? size : size - edges[0] - edges[1];
  if (wrong === -1 && left >= 0) return edges;
  throw new ValueError(
    `[${who}] ${names[0]} and ${names[1]} must be ≥ 0${sign === 1 ? '' : ` and within the ${size} pixels`}. Received: ${names[0]}=${edges[0]}, ${names[1]}=${edges[1]}.`,
  );
}

const WITH_PADDING = { topPadding: null, leftPadding: null, bottomPadding: null, rightPadding: null };
const WITH_CROPPING = { topCropping: null, leftCropping: null, bottomCropping: null, rightCropping: null };
const TARGET = { targetHeight: null, targetWidth: null, dataFormat: null };

/** Changes both spatial axes; an axis of unknown size becomes the target. */
function changeEdges(
  who: string,
  images: Operand,
  dataFormat: unknown,
  changes: readonly [rows: EdgeChange, columns: EdgeChange],
  sign: 1 | -1,
): Value {
  const value = readImages(who, images);
  const { height, width } = axesOf(value.rank, readDataFormat(who, dataFormat));
  let result = value;
  for (const [i, axis] of [height, width].entries()) {
    const change = changes[i] ?? changes[0];
    const size = value.shape[axis] ?? null;
    if (size === null) {
      if (sign === -1 && change.target === null) {
        throw new ValueError(
          `[${who}] ${change.names[2]} must be given for images of unknown size. Received: shape ${showShape(value.shape)}.`,
        );
      }
      result = standIn(result, new Map([[axis, change.target]]));
      continue;
    }
    const [before, after] = edgesOf(who, change, size, sign);
    const at = (number: number, other: number): number[] => value.shape.map((_, j) => (j === axis ? number : other));
    result =
      sign === 1
        ? pad(
            result,
            value.shape.map((_, j) => (j === axis ? ([before, after] as const) : ([0, 0] as const))),
          )
        : slice(result, at(before, 0), at(size - after, Infinity));
  }
  return result;
}

/**
 * Images with rows and columns of zeros around them. Two of the three numbers of each axis are given: `topPadding`,
 * `bottomPadding` and `targetHeight`, and `leftPadding`, `rightPadding` and `targetWidth`.
 *
 * Shapes: `[height, width, channels]` → `[top + height + bottom, left + width + right, channels]`, with a batch axis before,
 * or channels first.
 *
 * @throws ValueError if not exactly two of three are given, or one is negative.
 * @example
 * const padded = jit((x) => ops.image.padImages(x, { topPadding: 0, bottomPadding: 1, leftPadding: 1, targetWidth: 3 }));
 * await padded([[[1], [2]]]);   // [[[0], [1], [2]], [[0], [0], [0]]]
 * @see https://keras.io/api/ops/image/#pad_images-function
 */
export const padImages: Symbolic<(images: Operand, options?: PadImagesOptions) => Value> = op(
  'image.PadImages',
  ['images'],
  { ...WITH_PADDING, ...TARGET },
  (images: Operand, options: PadImagesOptions = {}): Value => {
    const who = 'ops.image.padImages';
    const { topPadding, bottomPadding, targetHeight, leftPadding, rightPadding, targetWidth, dataFormat } = options;
    const rows = readChange(
      who,
      ['topPadding', 'bottomPadding', 'targetHeight'],
      [topPadding, bottomPadding, targetHeight],
    );
    const columns = readChange(
      who,
      ['leftPadding', 'rightPadding', 'targetWidth'],
      [leftPadding, rightPadding, targetWidth],
    );
    return changeEdges(who, images, dataFormat, [rows, columns], 1);
  },
);

/**
 * Images without rows and columns at their edges. Two of the three numbers of each axis are given: `topCropping`,
 * `bottomCropping` and `targetHeight`, and `leftCropping`, `rightCropping` and `targetWidth`.
 *
 * Shapes: `[height, width, channels]` → `[height − top − bottom, width − left − right, channels]`, with a batch axis before,
 * or channels first.
 *
 * @throws ValueError if not exactly two of three are given, one is negative, or more is removed than there is.
 * @example
 * const part = jit((x) => ops.image.cropImages(x, { topCropping: 0, targetHeight: 1, leftCropping: 1, rightCropping: 0 }));
 * await part([[[1], [2]], [[3], [4]]]);   // [[[2]]]
 * @see https://keras.io/api/ops/image/#crop_images-function
 */
export const cropImages: Symbolic<(images: Operand, options?: CropImagesOptions) => Value> = op(
  'image.CropImages',
  ['images'],
  { ...WITH_CROPPING, ...TARGET },
  (images: Operand, options: CropImagesOptions = {}): Value => {
    const who = 'ops.image.cropImages';
    const { topCropping, bottomCropping, targetHeight, leftCropping, rightCropping, targetWidth, dataFormat } = options;
    const rows = readChange(
      who,
      ['topCropping', 'bottomCropping', 'targetHeight'],
      [topCropping, bottomCropping, targetHeight],
    );
    const columns = readChange(
      who,
      ['leftCropping', 'rightCropping', 'targetWidth'],
      [leftCropping, rightCropping, targetWidth],
    );
    return changeEdges(who, images, dataFormat, [rows, columns], -1);
  },
);
