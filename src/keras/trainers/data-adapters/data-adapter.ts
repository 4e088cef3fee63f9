import type { TreeDef } from '../../../core/pytree.ts';
import type { Tensor } from '../../../core/tensor.ts';

/** The structures of the inputs, the targets and the sample weights of a batch. */
export class DataStructure {
  readonly x: TreeDef;
  readonly y: TreeDef | null;
  readonly sampleWeight: TreeDef | null;
  /** A string that is equal for batches of the same structure. */
  readonly key: string;

  constructor(x: TreeDef, y: TreeDef | null, sampleWeight: TreeDef | null) {
    this.x = x;
    this.y = y;
    this.sampleWeight = sampleWeight;
    this.key = [x, y, sampleWeight].map((each) => (each === null ? 'none' : `(${each.key})`)).join(' ');
  }
}

/** The data of one step, as flat lists of tensors. */
export interface Batch {
  readonly x: readonly Tensor[];
  /** Empty without targets. */
  readonly y: readonly Tensor[];
  /** A weight for each row: one tensor for all outputs, or one for each output. Empty if all rows count alike. */
  readonly sampleWeight: readonly Tensor[];
  readonly structure: DataStructure;
  /** The number of rows. */
  readonly size: number;
  /** If several processes have a part of the batch: the rows of this one that count, and those of all. */
  readonly share?: { readonly rows: number; readonly of: number };
}

/** A source of batches. */
export interface DataAdapter {
  /** Batches in one pass over the data; `null` if that is unknown before its end. */
  readonly batchCount: number | null;
  /** Rows in one pass; `null` if that is unknown. */
  readonly rowCount: number | null;
  /** Batches of all sizes and types that a pass yields, the first one first; none if they are unknown. */
  examples(): Iterable<Batch>;
  /** All rows, if they are in memory, in one batch or several; `null` if they arrive batch by batch. */
  readonly known: Iterable<Batch> | null;
  /** Whether a pass never ends, so that an epoch needs a number of steps. @default false */
  readonly isEndless?: boolean;
  /** Called before each epoch. */
  onEpochBegin?(): Promise<void>;
  /** Called after each epoch. */
  onEpochEnd?(): Promise<void>;
  /** Starts a pass over the data. The buffers of a batch are reused for the next one. */
  pass(): Iterator<Batch> | AsyncIterator<Batch>;
}
