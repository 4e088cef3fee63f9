import { Model, type Tensor } from 'evenkeel';
import type { Layer } from 'evenkeel';
import type { Network } from '../experiment/make-network.ts';
import type { PerNetwork } from '../experiment/networks.ts';
import { type ChannelMoments, type Histogram, channelMoments, commonRange, histogram } from './distribution.ts';

/** The values at one place of a network. */
export interface PlaceValues {
  /** null if no value is finite. */
  readonly histogram: Histogram | null;
  readonly channels: readonly ChannelMoments[];
}

/** The values before and after the normalization, and those at the same place of the plain network. */
export interface ProbeReport {
  readonly input: PlaceValues;
  readonly output: PlaceValues;
  readonly plain: PlaceValues;
}

const BINS = 64;

/** Observes what the normalization does to the same digits during a training, without changing the networks. */
export class Probe {
  readonly #digits: Tensor;
  readonly #normalized: Shown;
  readonly #plain: Shown;

  constructor({ normalized, plain }: PerNetwork<Network>, digits: Tensor) {
    this.#digits = digits;
    this.#normalized = new Shown(normalized);
    this.#plain = new Shown(plain);
  }

  async observe(): Promise<ProbeReport> {
    const before = await this.#normalized.input(this.#digits);
    const after = await this.#normalized.output(before);
    const plain = await this.#plain.output(await this.#plain.input(this.#digits));
    const places = [before, after, plain];
    const range = commonRange(places.map(floats));
    const [input, output, other] = places.map((place): PlaceValues => ({
      histogram: range === null ? null : histogram(floats(place), range, BINS),
      channels: channelMoments(floats(place), place.shape.at(-1) ?? 1),
    })) as [PlaceValues, PlaceValues, PlaceValues];
    return { input, output, plain: other };
  }
}

/** The part of a network up to a layer, and a copy of the layer, which is run as in training. */
class Shown {
  readonly #upstream: Model;
  readonly #layer: Layer;
  /** Training changes moving statistics: those of the copy. */
  readonly #copy: Layer;

  constructor({ model, shown, input }: Network) {
    this.#upstream = new Model({ inputs: model.inputs, outputs: input });
    this.#layer = shown;
    const { fromConfig } = shown.constructor as unknown as { fromConfig: (config: unknown) => Layer };
    this.#copy = fromConfig.call(shown.constructor, shown.getConfig());
    this.#copy.build(input.shape);
  }

  input(digits: Tensor): Promise<Tensor> {
    return this.#upstream.predictOnBatch(digits);
  }

  async output(input: Tensor): Promise<Tensor> {
    this.#copy.setWeights(this.#layer.getWeights());
    return this.#copy.apply(input, { training: true });
  }
}

const floats = ({ data }: Tensor): Float32Array => data as Float32Array;
