/**
 * Helpers for data: images, CSV, labels, splitting, shuffling; and pictures of models.
 *
 * @module evenkeel/utils
 */
export { type AudioDatasetOptions, audioDatasetFromDirectory } from './directory/audio-dataset-from-directory.ts';
export * as boundingBoxes from './bounding-boxes/index.ts';
export { type ClearSessionOptions, clearSession } from './clear-session.ts';
export * from '../models/feature-space/index.ts';
export { type GetFileOptions, getFile } from './get-file.ts';
export { customObjectScope } from '../saving/custom-object-scope.ts';
export { getCustomObjects } from '../saving/object-registration.ts';
export {
  type ArrayToImgOptions,
  type ImgToArrayOptions,
  type LoadImgOptions,
  type SaveImgOptions,
  arrayToImg,
  imgToArray,
  loadImg,
  saveImg,
} from './images.ts';
export type { HashAlgorithm } from '../../formats/checksums/digest.ts';
export type { ArchiveFormat } from './extract-archive.ts';
export type { ColorMode, DataFormat } from '../../formats/images/channels.ts';
export type { Interpolation } from '../../formats/images/resample.ts';
export type { Scaling } from '../../formats/images/scale.ts';
export type { DirectoryDataset, FromDirectory } from './directory/dataset-from-directory.ts';
export type { DirectoryDatasetOptions, LabelMode, Subset } from './directory/directory-options.ts';
export type { DirectoryHandleLike, DirectoryLike } from './directory/folder.ts';
export { type ImageDatasetOptions, imageDatasetFromDirectory } from './directory/image-dataset-from-directory.ts';
export { modelToDot } from './model-visualization/dot.ts';
export type { ModelToDotOptions } from './model-visualization/options.ts';
export { type ModelPlotFormat, type PlotModelOptions, plotModel } from './model-visualization/plot-model.ts';
export { type DeserializeOptions, deserializeKerasObject, serializeKerasObject } from './keras-object.ts';
export { type NormalizeOptions, normalize } from './normalize.ts';
export { packXYSampleWeight, unpackXYSampleWeight } from './pack-data.ts';
export { type PadSequencesOptions, padSequences } from './pad-sequences.ts';
export { PyDataset, type PyDatasetOptions } from '../data/py-dataset.ts';
export { CsvTable, type ReadCsvOptions, readCsv } from './read-csv.ts';
export { type ShuffleOptions, type SplitDatasetOptions, shuffle, splitDataset } from './split-dataset.ts';
export { standardizeDtype } from './standardize-dtype.ts';
export { getSourceInputs, isKerasTensor } from './symbolic-tensors.ts';
export { setRandomSeed } from '../../core/random.ts';
export {
  type TimeseriesDataset,
  type TimeseriesDatasetOptions,
  type TimeseriesItem,
  timeseriesDatasetFromArray,
} from './timeseries-dataset-from-array.ts';
export { type TextDatasetOptions, textDatasetFromDirectory } from './directory/text-dataset-from-directory.ts';
export { toCategorical } from './to-categorical.ts';
