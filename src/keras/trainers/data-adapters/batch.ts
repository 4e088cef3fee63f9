import type { Tensor } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';

/** One step's data. Its buffers are used again for the next step. */
export interface Batch {
  readonly x: Tree<Tensor>;
  readonly y: Tree<Tensor> | null;
  /** A weight for each row: one array for all outputs, or one for each as the targets have it. */
  readonly sampleWeight: Tree<Tensor> | null;
  /** How many rows it has. */
  readonly size: number;
}

/** Where batches come from. */
export interface DataSource {
  /** Batches in one pass over the data; `null` if nobody knows before the end. */
  readonly batchCount: number | null;
  /** Rows in one pass; `null` if nobody knows. */
  readonly rowCount: number | null;
  /** A pass over the data. */
  pass(): Iterator<Batch> | AsyncIterator<Batch>;
}
