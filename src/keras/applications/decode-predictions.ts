import { isRecord } from '../../core/config.ts';
import { checkInteger, checkOptions } from '../../core/checks.ts';
import { ValueError } from '../../core/errors.ts';
import { showShape } from '../../core/shape.ts';
import { type TensorLike, tensor } from '../../core/tensor.ts';
import { getFile } from '../utils/get-file.ts';
import { files } from '#files';

/** Options of {@link decodePredictions}. */
export interface DecodePredictionsOptions {
  /** The number of classes to return for each image. @default 5 */
  readonly top?: number | undefined;
}

/** A class that a network finds in an image: its id in WordNet, its name, and its probability. */
export type ImagenetPrediction = readonly [id: string, label: string, score: number];

/** The ids and names of ImageNet's classes, in order. */
export type ClassIndex = readonly (readonly [id: string, label: string])[];

const CLASSES = 1000;
const WHO = 'applications.decodePredictions';

let known: Promise<ClassIndex> | null = null;

/**
 * The most probable classes of ImageNet for each image, in decreasing order. The names are those of the file
 * imagenet_class_index.json, which is downloaded once, as in Keras.
 *
 *     const [classes] = await applications.resnet.decodePredictions(await model.predict(x), { top: 3 });
 *     for (const [id, label, score] of classes) console.log(label, score);
 *
 * Shape of the predictions: `[images, 1000]`.
 *
 * @throws ValueError if the predictions have another shape, or the names cannot be read; TypeError if an option is unknown.
 * @see https://keras.io/api/applications/
 */
export async function decodePredictions(
  preds: TensorLike,
  options: DecodePredictionsOptions = {},
): Promise<ImagenetPrediction[][]> {
  checkOptions(WHO, options, ['top']);
  const top = checkInteger(WHO, 'top', options.top ?? 5, 1);
  const { data, shape } = tensor(preds);
  if (shape.length !== 2 || shape[1] !== CLASSES) {
    throw new ValueError(
      `[${WHO}] preds must have the shape [images, ${CLASSES}], of a network with ImageNet's classes. Received: shape ${showShape(shape)}.`,
    );
  }
  known ??= readClassIndex({
    fname: 'imagenet_class_index.json',
    origin: 'https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json',
    fileHash: 'c2c37ea517e94d9795004a39431a14cb',
  });
  let classes: ClassIndex;
  try {
    classes = await known;
  } catch (error) {
    // The next call tries again.
    known = null;
    throw error;
  }
  return Array.from({ length: shape[0] ?? 0 }, (_, i) => {
    const scores = Array.from(data.subarray(i * CLASSES, (i + 1) * CLASSES), Number);
    return mostProbable(scores, classes, top);
  });
}

/** The classes of the highest scores, in decreasing order. */
export function mostProbable(scores: readonly number[], classes: ClassIndex, top: number): ImagenetPrediction[] {
  const order = scores.map((score, i) => [score, i] as const).sort(([a], [b]) => b - a);
  return order.slice(0, top).map(([score, i]) => [...(classes[i] ?? ['', '']), score]);
}

/** Reads the names of the classes from a file that is downloaded. @throws ValueError if it has another content. */
export async function readClassIndex(file: {
  readonly fname: string;
  readonly origin: string;
  readonly fileHash: string | null;
}): Promise<ClassIndex> {
  const path = await getFile({ ...file, cacheSubdir: 'models' });
  const content = parsed(new TextDecoder().decode(await files.readFile(WHO, path)));
  const entries = isRecord(content) ? Array.from({ length: CLASSES }, (_, i) => content[i]) : [];
  if (entries.length === CLASSES && entries.every(isEntry)) return entries;
  throw new ValueError(
    `[${WHO}] the file of class names must have the ids and names of ${CLASSES} classes. Received: ${path}, with another content. Delete it.`,
  );
}

/** The value of JSON; null for other text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isEntry = (entry: unknown): entry is readonly [string, string] =>
  Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string');
