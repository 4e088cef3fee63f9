import { type Value, losses, metrics, ops, optimizers } from '../../src/index.ts';

/** A loss, a metric and an optimizer of a user, whose names no file reader knows. */
export class OwnLoss extends losses.Loss {
  static override readonly className = 'OwnLoss';
  override call(yTrue: Value, yPred: Value): Value {
    return ops.mean(ops.subtract(yTrue, yPred), { axis: -1 });
  }
}
export class OwnMetric extends metrics.Mean {
  static override readonly className = 'OwnMetric';
}
export class OwnOptimizer extends optimizers.SGD {
  static override readonly className = 'OwnOptimizer';
}
