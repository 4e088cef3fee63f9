import type { Layer, Tensor, Variable } from 'evenkeel';
import type { CallbackModel, Logs } from 'evenkeel/callbacks';
import type { Optimizer } from 'evenkeel/optimizers';

/** A model for tests of callbacks, without layers; a test overrides the methods that its callback calls. */
export class StubModel implements CallbackModel {
  readonly name = 'model';
  readonly className: string = 'StubModel';
  readonly layers: readonly Layer[] = [];
  readonly weights: readonly Variable[] = [];
  readonly trainableWeights: readonly Variable[] = [];
  readonly nonTrainableWeights: readonly Variable[] = [];
  built = true;
  stopTraining = false;
  initialEpoch = 0;

  get compiled(): boolean {
    return false;
  }
  get optimizer(): Optimizer {
    return unexpected('optimizer');
  }
  getLayer(): never {
    return unexpected('getLayer');
  }
  getWeights(): Tensor[] {
    return [];
  }
  setWeights(_values: readonly unknown[]): void {
    unexpected('setWeights');
  }
  countParams(): number {
    return 0;
  }
  predict(): Promise<Tensor> {
    return unexpected('predict');
  }
  evaluate(): Promise<Logs> {
    return unexpected('evaluate');
  }
  toJson(): string {
    return unexpected('toJson');
  }
  summary(): void {
    unexpected('summary');
  }
  save(_path: string): Promise<void> {
    return unexpected('save');
  }
  saveWeights(_path: string): Promise<void> {
    return unexpected('saveWeights');
  }
  loadWeights(_path: string): Promise<void> {
    return unexpected('loadWeights');
  }
  metricDirection(name: string): 'up' | 'down' | null {
    return name === 'accuracy' ? 'up' : null;
  }
}

function unexpected(member: string): never {
  throw new Error(`The callback uses ${member}, which this model lacks.`);
}
