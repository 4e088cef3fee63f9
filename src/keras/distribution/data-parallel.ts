import { checkBoolean, checkOptions } from '../../core/checks.ts';
import { show } from '../../core/errors.ts';
import { setDataParallelism } from '../../core/world.ts';

/** Options of {@link DataParallel}. */
export interface DataParallelOptions {
  /**
   * Whether the moving statistics of layers that are not synchronized, which each process computes from its own rows, are
   * averaged at the end of an epoch; otherwise each process keeps its own. @default true
   */
  averageStatistics?: boolean | undefined;
}

/**
 * Training of one model on all processes of the world: each computes the gradients of its part of the rows of a batch, and all make
 * the same step with their sum. The batch size is that of all processes together, and the result is that of one process
 * with the same batches, up to rounding.
 *
 * @throws TypeError if an option does not exist or is not a boolean.
 * @example
 * setDistribution(new DataParallel());   // after await initialize()
 * const model = new Sequential([new layers.Dense(1)]);
 * model.compile({ optimizer: 'sgd', loss: 'mse' });
 * await model.fit([[1], [2], [3], [4]], [[2], [4], [6], [8]], { batchSize: 4, epochs: 2, verbose: 0 });
 * setDistribution(null);
 * @see https://keras.io/api/distribution/layout_map/
 */
export class DataParallel {
  /** Whether the moving statistics of layers that are not synchronized are averaged at the end of an epoch. */
  readonly averageStatistics: boolean;

  constructor(options: DataParallelOptions = {}) {
    checkOptions('DataParallel', options, ['averageStatistics']);
    this.averageStatistics = checkBoolean('DataParallel', 'averageStatistics', options.averageStatistics ?? true);
  }
}

let current: DataParallel | null = null;

/**
 * Sets how models are trained, evaluated and used from now on; null for each process by itself.
 *
 * @throws TypeError if it is neither a {@link DataParallel} nor null.
 * @example
 * setDistribution(new DataParallel());
 * distribution().averageStatistics;   // true
 * setDistribution(null);
 * @see https://keras.io/api/distribution/distribution_utils/#set_distribution-function
 */
export function setDistribution(value: DataParallel | null): void {
  if (value !== null && !(value instanceof DataParallel)) {
    throw new TypeError(`[setDistribution] value must be a DataParallel or null. Received: value=${show(value)}.`);
  }
  current = value;
  setDataParallelism(value);
}

/**
 * The distribution that {@link setDistribution} has set; null if there is none.
 * @example
 * setDistribution(null);
 * distribution();   // null
 * @see https://keras.io/api/distribution/distribution_utils/#distribution-function
 */
export function distribution(): DataParallel | null {
  return current;
}
