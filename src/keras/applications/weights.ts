import { ValueError, show } from '../../core/errors.ts';
import type { ReadOptions } from '../../formats/files/files.ts';
import type { Model } from '../models/model.ts';
import type { FileSource } from '../saving/formats/read-source.ts';
import { getFile } from '../utils/get-file.ts';
import { files } from '#files';

/** The folder of Keras's files. */
const BASE = 'https://storage.googleapis.com/tensorflow/keras-applications/';

/** A file that Keras publishes. */
export interface WeightsFile {
  readonly fname: string;
  readonly origin: string;
  /** Its MD5 or SHA-256; null for the files of which Keras records none. */
  readonly fileHash: string | null;
}

/** The hashes of the files of a network: with the top, and without. */
export type Hashes = readonly [top: string, noTop: string];

/** A file of a folder of Keras's. `fname` is its name in the cache, if that is another. */
export const published = (
  folder: string,
  file: string,
  fileHash: string | null = null,
  fname: string = file,
): WeightsFile => ({ fname, origin: `${folder.startsWith('https:') ? '' : BASE}${folder}/${file}`, fileHash });

/** One of a network's two files: `NAME.h5` with the top, and `NAME_notop.h5` without. */
export const publishedPair = (folder: string, name: string, hashes: Hashes, includeTop: boolean): WeightsFile =>
  published(folder, `${name}${includeTop ? '' : '_notop'}.h5`, hashes[includeTop ? 0 : 1]);

/** A file as Keras named those of its first networks. */
export const kernelsFile = (folder: string, network: string, hashes: Hashes, includeTop: boolean): WeightsFile =>
  publishedPair(folder, `${network}_weights_tf_dim_ordering_tf_kernels`, hashes, includeTop);

/** Reads the published weights of a network, which are downloaded once. */
export async function loadPublished(model: Model, file: WeightsFile, options: ReadOptions): Promise<void> {
  const path = await getFile({ ...file, cacheSubdir: 'models', ...options });
  await model.loadWeights(path, { signal: options.signal });
}

/** Reads the weights of a network from a file of the user's. */
export async function loadGiven(who: string, model: Model, source: FileSource, options: ReadOptions): Promise<void> {
  if (typeof source === 'string' && !source.includes('://') && !(await files.exists(who, source))) {
    throw new ValueError(
      `[${who}] weights must be null, "imagenet", or a file that exists. Received: weights=${show(source)}.`,
    );
  }
  await model.loadWeights(source, options);
}
