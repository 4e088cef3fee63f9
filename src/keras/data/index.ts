/**
 * Datasets: streams of elements that are mapped, shuffled, batched and read ahead.
 *
 * @module evenkeel/data
 */
export {
  type BatchOptions,
  Dataset,
  type DatasetShuffleOptions,
  type DatasetSource,
  type FromGeneratorOptions,
  type MapOptions,
  type PaddedBatchOptions,
  type Zipped,
} from './dataset.ts';
export type { CsvSource } from './csv-rows.ts';
export {
  type CsvColumn,
  type CsvColumnType,
  type CsvFeatures,
  type MakeCsvDatasetOptions,
  makeCsvDataset,
} from './make-csv-dataset.ts';
export type { Batched, Sliced, Unbatched } from './elements.ts';
