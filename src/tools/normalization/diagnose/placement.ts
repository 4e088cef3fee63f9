import { linear } from '../../../keras/activations/index.ts';
import { type LayerCall } from '../../../keras/layers/base/call-hooks.ts';
import { Layer } from '../../../keras/layers/base/layer.ts';
import type { Value } from '../../../compiler/ir/value.ts';

/** The surroundings of a call of a normalization layer. */
export interface Placement {
  /** The layer that computes the input; null if it is an input of the model, or computed by operations. */
  readonly previous: Layer | null;
  /** Whether the input is the output of an activation. */
  readonly followsActivation: boolean;
  /** Whether an activation computes the input, or part of it, possibly through layers without weights, such as pooling. */
  readonly followsSparse: boolean;
  /** The names of the layers that compute the same values in inference but noise in training, such as dropout. */
  readonly noiseBefore: readonly string[];
  /** The call of the activation that follows; null if another layer, several or none follow. */
  readonly nextActivation: LayerCall | null;
}

/** The calls of a model by the values that they use and compute. */
export class CallGraph {
  readonly #producers = new Map<Value, LayerCall[]>();
  readonly #users = new Map<Value, LayerCall[]>();

  constructor(calls: readonly LayerCall[]) {
    for (const call of calls) {
      // The call of a model, or of a wrapper, has the inputs and outputs of others.
      if (call.layer instanceof Layer && call.layer.sublayers.length > 0) continue;
      for (const value of call.inputs) push(this.#users, value, call);
      for (const value of call.outputs) push(this.#producers, value, call);
    }
  }

  /** The surroundings of a call. */
  placementOf({ inputs, outputs }: LayerCall): Placement {
    const [input] = inputs;
    const [output] = outputs;
    const [producer, ...repeating] = input === undefined ? [] : (this.#producers.get(input) ?? []);
    const previous = layerOf(producer);
    // Dropout returns its input in inference, and then is a second user of the value.
    const users = output === undefined ? [] : (this.#users.get(output) ?? []).filter((call) => !isNoise(call));
    const [user] = users;
    const activation = previous?.linearForm?.activation ?? linear;
    return {
      previous,
      followsActivation: activation !== linear || isActive(producer),
      followsSparse: input !== undefined && this.#isSparse(input),
      noiseBefore: repeating.filter(isNoise).map(({ layer }) => layer.name),
      nextActivation: user !== undefined && users.length === 1 && isActive(user) ? user : null,
    };
  }

  #isSparse(value: Value): boolean {
    const call = this.#producers.get(value)?.[0];
    const layer = layerOf(call);
    if (call === undefined || layer === null) return false;
    if (isActive(call) || (layer.linearForm?.activation ?? linear) !== linear) return true;
    return layer.weights.length === 0 && call.inputs.some((input) => this.#isSparse(input));
  }
}

function push(map: Map<Value, LayerCall[]>, value: Value, call: LayerCall): void {
  map.set(value, [...(map.get(value) ?? []), call]);
}

function layerOf(call: LayerCall | undefined): Layer | null {
  return call?.layer instanceof Layer ? call.layer : null;
}

function isActive(call: LayerCall | undefined): boolean {
  const layer = layerOf(call);
  return layer !== null && 'isActivation' in layer && layer.isActivation === true;
}

/** Whether a call of a layer, such as dropout, returns its input in inference only. */
function isNoise({ layer, inputs, outputs }: LayerCall): boolean {
  return layer instanceof Layer && inputs[0] === outputs[0] && inputs[0] !== undefined && hasTraining(layer);
}

const hasTraining = (layer: Layer): boolean => (layer.constructor as typeof Layer).kerasCall.training !== undefined;

/** Whether a layer adds a bias for each channel of the given axis, which subtracting the channel's mean removes. */
export function addsBias(layer: Layer, axis: number, rank: number): boolean {
  const form = layer.linearForm;
  if (form === null || form.activation !== linear) return false;
  return 'useBias' in layer && layer.useBias === true && axis === (form.channelsLast ? rank - 1 : 1);
}
