import { own, setOwn } from '../../core/own.ts';
import { Callback, type Logs } from './callback.ts';
import { type HistoryChart, type HistoryChartOptions, type HistoryPoint, historyChart } from './history-chart.ts';
import { vectorOf } from './log-value.ts';

/**
 * The result of `fit`: the values of each epoch. Every `fit` adds one.
 *
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'zeros' })]);
 * model.compile({ optimizer: new optimizers.SGD({ learningRate: 0 }), loss: 'mse' });
 * const { history, epoch } = await model.fit([[1]], [[2]], { epochs: 3, verbose: 0 });
 * history;    // { loss: [4, 4, 4] }
 * epoch;      // [0, 1, 2]
 * @see https://keras.io/api/callbacks/history/
 */
export class History extends Callback {
  static override readonly className: string = 'History';

  /** The values at the end of each epoch, by the name of the loss or metric. */
  readonly history: Record<string, number[]> = {};
  /** The number of each epoch, counted from 0. */
  epoch: number[] = [];
  /** The values with their epochs, which `history` lacks: validation may happen after some epochs only. */
  readonly #points: HistoryPoint[] = [];
  /** The number of epochs before those of this `fit`, if a history is used again. */
  #before = 0;

  override onTrainBegin(): void {
    this.epoch = [];
    this.#before = 0;
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    if (this.epoch.length === 0) {
      const next = Math.max(0, ...this.#points.map((point) => point.epoch + 1));
      this.#before = epoch < next ? next - epoch : 0;
    }
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) {
      const point = { epoch: epoch + this.#before, name };
      const vector = vectorOf(value);
      for (const [i, each] of (vector ?? [value]).entries()) {
        this.#points.push({ ...point, value: each, element: vector === null ? null : i });
      }
      setOwn(this.history, name, [...(own(this.history, name) ?? []), value]);
    }
  }

  /**
   * A chart of the epochs in the Vega-Lite language, with the values inside: one panel for the loss and for each metric, with
   * a line for the training and a dashed one for the validation. Notebooks and `vega-embed` draw it as it is.
   *
   * @throws ValueError if there is no epoch, or a name in `metrics` is unknown.
   * @example
   * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'zeros' })]);
   * model.compile({ optimizer: 'sgd', loss: 'mse', metrics: ['mae'] });
   * const history = await model.fit([[1]], [[2]], { epochs: 2, verbose: 0, validationData: [[[1]], [[2]]] });
   * const { data, concat } = history.toVegaLite();
   * data.values.length;    // 8
   * concat.map((panel) => panel.title);    // ['loss', 'mae']
   * @see https://vega.github.io/vega-lite/
   */
  toVegaLite(options: HistoryChartOptions = {}): HistoryChart {
    return historyChart('History.toVegaLite', this.#points, options);
  }
}
