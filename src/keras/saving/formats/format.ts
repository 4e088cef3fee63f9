import type { Config } from '../../../core/config.ts';
import type { SavableLayer, SavableModel } from '../keras-saveable.ts';
import type { ObjectNode } from '../json-tree.ts';
import type { Plan, Reading } from '../plan.ts';
import type { SourceFile } from '../source-file.ts';

/** Options of reading weights, including those that only some formats support. */
export interface WeightsReading extends Reading {
  /** Whether to match layers by name, and to skip those that only the model or only the file has. */
  readonly byName: boolean;
}

/** A model that was read from a file, before its layers are made. */
export interface StoredModel {
  /** Keras's JSON of the model. */
  readonly node: ObjectNode;
  /** The arguments of `compile`; null if the model was not compiled. */
  readonly compileConfig: Config | null;
  /** The parts of the file that describe the model and its compilation, for error messages. */
  readonly member: string;
  readonly compileMember: string;
  /** The number of elements of all arrays in the file. */
  readonly elements: number;
  /** Parts of the file that the model does not have, or computes differently. @default [] */
  readonly warnings?: readonly string[];
  /** Matches the weights in the file with those of the model. */
  planWeights(model: SavableModel, reading: Reading): Plan;
  /** The same for a layer that is no model, such as a FeatureSpace; undefined for formats of models alone. */
  readonly planLayer?: (layer: SavableLayer, reading: Reading) => Plan;
}

/** A file format: one row of the table in `formats.ts`. */
export interface Format {
  /** The name in messages; `toBytes` accepts those of {@link FileFormat}. */
  readonly name: string;
  /** The endings of file names. */
  readonly endings: readonly string[];
  /** Whether files contain a whole model, or weights alone. */
  readonly holds: 'model' | 'weights';
  /** Whether layers can be matched by name. @default false */
  readonly supportsByName?: boolean;
  /** Whether a file names others, which contain the weights. @default false */
  readonly hasNeighbors?: boolean;
  /** Whether a file has this format, judged by its content. */
  matches(file: SourceFile): boolean | Promise<boolean>;
  /** Reads a whole model; undefined for weights alone. */
  readonly readModel?: (file: SourceFile) => Promise<StoredModel>;
  /** Matches the weights in a file with those of a model. */
  readWeights(model: SavableModel, file: SourceFile, reading: WeightsReading): Promise<Plan>;
  /** Returns the bytes of a file; undefined for formats that are only read. */
  readonly write?: (model: SavableModel, includeOptimizer: boolean, who: string) => Promise<Uint8Array>;
}
