import { ValueError } from '../../../core/errors.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { gradients } from '../../../compiler/autodiff/index.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { Program } from '../../../compiler/program/index.ts';
import { CallContext } from '../../../keras/layers/base/call-context.ts';
import type { Layer } from '../../../keras/layers/base/layer.ts';
import type { NamedLayer } from '../../../keras/layers/base/named-layers.ts';
import { BatchNormalization } from '../../../keras/layers/normalization/batch-normalization.ts';
import type { AnyModel } from '../../../keras/models/model.ts';
import * as ops from '../../../keras/ops/index.ts';
import type { Batch } from '../../../keras/trainers/data-adapters/data-adapter.ts';
import { feedsOf } from '../../../keras/trainers/steps/step-inputs.ts';
import { traceCalls } from '../statistics/collect-statistics.ts';
import { percentilesOf } from './percentiles.ts';

/** The values to compute from a probe. */
export interface ProbeRequest {
  /** The layers whose batch statistics are computed. */
  readonly normalizations: readonly Layer[];
  /** The layers whose inputs are described by percentiles. */
  readonly inputsOf: readonly NamedLayer[];
  readonly percentiles: readonly number[];
  /** The index along the last axis of those inputs; null for all. */
  readonly unit: number | null;
  /** The weights whose gradients are computed. */
  readonly weights: readonly Variable[];
}

/** The values of a probe. */
export interface ProbeResult {
  readonly statistics: ReadonlyMap<unknown, { readonly mean: readonly number[]; readonly variance: readonly number[] }>;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly gradientNorms: Readonly<Record<string, number>>;
}

interface TracedOutput {
  readonly value: Value;
  readonly read: (result: Tensor) => void;
}

/**
 * Runs a batch through a model as in a training step, with batch normalization by the statistics of the batch, while dropout
 * and noise are inactive. No state changes.
 */
export class Probe {
  readonly #who: string;
  readonly #model: AnyModel;
  readonly #batch: Batch;
  readonly #request: ProbeRequest;
  readonly #program: Program;
  /** The receivers of the outputs, which append to the fields below. */
  readonly #outputs: readonly TracedOutput[];
  #statistics = new Map<unknown, { mean: readonly number[]; variance: readonly number[] }>();
  #values = new Map<string, number[]>();
  #norms = new Map<string, number>();

  /** @throws ValueError if the batch does not fit the model, or `unit` an input. */
  constructor(who: string, model: AnyModel, batch: Batch, request: ProbeRequest) {
    this.#who = who;
    this.#model = model;
    this.#batch = batch;
    this.#request = request;
    const { inputs, outputs } = this.#trace();
    this.#outputs = outputs;
    this.#program = new Program({ inputs, outputs: outputs.map(({ value }) => value), updates: [] });
  }

  /** Computes the values with the present weights. */
  async run(): Promise<ProbeResult> {
    const { percentiles } = this.#request;
    this.#statistics = new Map();
    this.#values = new Map();
    this.#norms = new Map();
    const results = this.#outputs.length === 0 ? [] : await this.#program.run(feedsOf(this.#batch));
    for (const [i, result] of results.entries()) this.#outputs[i]?.read(result);
    return {
      statistics: this.#statistics,
      inputs: Object.fromEntries(
        [...this.#values].map(([name, values]) => [name, percentilesOf(values, percentiles)] as const),
      ),
      gradientNorms: Object.fromEntries(this.#norms),
    };
  }

  #trace(): { readonly inputs: readonly Value[]; readonly outputs: readonly TracedOutput[] } {
    const traced = traceCalls(this.#model, this.#batch, 'batch');
    const { normalizations, inputsOf, weights } = this.#request;
    const outputs: TracedOutput[] = [];
    for (const { layer, inputs: given, mask } of traced.calls) {
      const [x] = given;
      if (layer instanceof BatchNormalization && normalizations.includes(layer) && x !== undefined) {
        const { mean, variance } = layer.channelStatistics(x, mask);
        const numbers = { mean: [] as readonly number[], variance: [] as readonly number[] };
        outputs.push(
          { value: mean, read: ({ data }) => (numbers.mean = Array.from(data, Number)) },
          {
            value: variance,
            read: ({ data }) => {
              numbers.variance = Array.from(data, Number);
              this.#statistics.set(layer, { ...numbers });
            },
          },
        );
      }
      const described = inputsOf.find((named) => named.layer === layer);
      if (described !== undefined && x !== undefined) outputs.push(this.#inputOutput(described.name, x));
    }
    if (weights.length > 0) outputs.push(...this.#normOutputs(traced, weights));
    return { inputs: traced.inputs, outputs };
  }

  #inputOutput(name: string, x: Value): TracedOutput {
    const { unit } = this.#request;
    const size = x.shape.at(-1) ?? null;
    if (unit !== null && (x.rank < 2 || (size !== null && unit >= size))) {
      throw new ValueError(
        `[${this.#who}] unit must be an index along the last axis of the inputs of ${name}. Received: unit=${unit} for ${size ?? 'a symbolic number of'} units.`,
      );
    }
    const value = unit === null ? x : ops.take(x, unit, { axis: -1 });
    return {
      value,
      read: ({ data }) => {
        this.#values.set(name, [...(this.#values.get(name) ?? []), ...Array.from(data, Number)]);
      },
    };
  }

  #normOutputs(
    { trace, x, y, sampleWeight, yPred }: ReturnType<typeof traceCalls>,
    weights: readonly Variable[],
  ): readonly TracedOutput[] {
    const loss = this.#model.computeLoss(x, y, yPred, sampleWeight, new CallContext(trace, true, null));
    if (loss === null) {
      throw new ValueError(
        `[${this.#who}] gradients need a loss. Received: ${this.#model.who} without one. Give one: compile({ loss: 'mse' }).`,
      );
    }
    return gradients(loss, weights).flatMap((gradient, i): readonly TracedOutput[] => {
      const path = weights[i]?.path ?? '';
      if (gradient === null) return [];
      const value = ops.sqrt(ops.sum(ops.square(gradient)));
      return [{ value, read: (result) => void this.#norms.set(path, result.item()) }];
    });
  }
}
