import { ValueError, show } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Config } from '../../../core/config.ts';
import type { Tree } from '../../../core/tree.ts';
import { flatten } from '../../../core/tree.ts';
import { type TensorLike, tensor } from '../../../core/tensor.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { add, concatenate, divide, flip, multiply } from '../../ops/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Fields, choice, keptAs, nullable, required } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import type { InputShape } from '../base/input-shape.ts';
import { readByConstructor } from '../base/layer-fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { nestedLayer } from '../base/nested-layer.ts';
import { type LayerClasses, serializeWith } from '../base/serialization.ts';
import type { KerasCall } from '../base/traits.ts';
import { ConvLSTM1D } from './conv-lstm1d.ts';
import { ConvLSTM2D } from './conv-lstm2d.ts';
import { ConvLSTM3D } from './conv-lstm3d.ts';
import { inputShapeOf, isCell, sequenceOf } from './cell.ts';
import { GRU } from './gru.ts';
import { LSTM } from './lstm.ts';
import { RNN } from './rnn.ts';
import { SimpleRNN } from './simple-rnn.ts';

/** The combination of the outputs of both directions; null for a list of both. */
export type MergeMode = 'sum' | 'mul' | 'ave' | 'concat' | null;

/** Options of {@link Bidirectional}. */
export interface BidirectionalOptions extends LayerOptions {
  /** The combination of the outputs of both directions; null for a list of both. @default 'concat' */
  mergeMode?: MergeMode | undefined;
  /** The initial weights, those of the forward layer first. @default null */
  weights?: readonly TensorLike[] | null | undefined;
  /** The layer for the sequence in reverse. @default null, a copy of the layer with goBackwards exchanged */
  backwardLayer?: Layer | null | undefined;
}

/** The options that can be given by position. */
const ORDER = ['layer', 'mergeMode', 'weights', 'backwardLayer'] as const;

const classes: LayerClasses = { RNN, SimpleRNN, LSTM, GRU, ConvLSTM1D, ConvLSTM2D, ConvLSTM3D };
const inner = nestedLayer(classes);

/**
 * Applies a recurrent layer to a sequence in both directions, and merges the outputs.
 *
 * Both layers are made anew from the config of the given one: they do not share its weights. With `returnSequences` the outputs
 * of both are in the order of the sequence.
 *
 * Shapes: those of the layer, with twice the size of the last axis for `'concat'`; with `returnState` a list of the output, the
 * states of the forward layer and those of the backward one. Inputs: the sequence, or a list of it and all these states.
 *
 * @throws ValueError if both layers have the same direction, or differ in `stateful`, `returnSequences` or `returnState`;
 * TypeError if a layer is not recurrent.
 * @example
 * const layer = new Bidirectional(new LSTM(4, { returnSequences: true }), { mergeMode: 'sum' });
 * layer.apply(Input({ shape: [10, 8] })).shape;    // [null, 10, 4]
 * layer.forwardLayer.name;                         // 'forward_lstm'
 * @see https://keras.io/api/layers/recurrent_layers/bidirectional/
 */
export class Bidirectional extends Layer {
  static override readonly className: string = 'Bidirectional';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly kerasCall: KerasCall = { mask: true, tensors: ['initialState'] };
  static override readonly fields: Fields = {
    mergeMode: nullable(choice(['sum', 'mul', 'ave', 'concat'], 'concat')),
    layer: required(keptAs(null, inner)),
    backwardLayer: keptAs(null, nullable(inner)),
    weights: readByConstructor,
  };

  override supportsMasking = true;
  /** The combination of the outputs of both directions; null for a list of both. */
  declare readonly mergeMode: MergeMode;
  /** The layer for the sequence as it is. */
  readonly forwardLayer: RNN;
  /** The layer for the sequence in reverse. */
  readonly backwardLayer: RNN;
  readonly #weights: readonly TensorLike[];

  constructor(...args: Arguments<BidirectionalOptions & { layer: Layer }, typeof ORDER>);
  constructor(layer: Layer, options?: BidirectionalOptions);
  constructor(...args: readonly unknown[]) {
    const [options, positional] = takeArguments(new.target, args);
    super(options, positional);
    const given = { ...options, ...positional } as Partial<BidirectionalOptions> & { layer?: Layer };
    const { layer, backwardLayer = null, weights = null } = given;
    this.forwardLayer = this.#recreate(layer, 'forward', {});
    this.backwardLayer =
      backwardLayer === null
        ? this.#recreate(layer, 'backward', { go_backwards: true })
        : checkRecurrent(this.who, 'backwardLayer', backwardLayer);
    this.#checkLayers();
    for (const each of [this.forwardLayer, this.backwardLayer]) each.zeroOutputForMask = each.returnSequences;
    this.#weights = weights?.map((each) => tensor(each)) ?? [];
  }

  /** A copy of a layer that has not been built, under another name. */
  #recreate(layer: Layer | undefined, direction: string, changes: Config): RNN {
    const recurrent = checkRecurrent(this.who, 'layer', layer);
    const { cell } = recurrent;
    const prefix = `${direction}_`;
    const name = `${prefix}${recurrent.name.startsWith(prefix) ? recurrent.name.slice(prefix.length) : recurrent.name}`;
    const layerClass = recurrent.constructor as unknown as { fromConfig(config: Config, context: object): Layer };
    const custom = [cell, ...cell.sublayers].filter(isCell).map((each) => [each.className, each.constructor]);
    const context = { customObjects: Object.fromEntries(custom) as object };
    return checkRecurrent(
      this.who,
      'layer',
      layerClass.fromConfig({ ...recurrent.getConfig(), ...changes, name }, context),
    );
  }

  #checkLayers(): void {
    const { forwardLayer, backwardLayer } = this;
    if (forwardLayer.goBackwards === backwardLayer.goBackwards) {
      throw new ValueError(
        `[${this.who}] the forward and the backward layer must have different directions. Received: goBackwards=${show(forwardLayer.goBackwards)} for both.`,
      );
    }
    for (const option of ['stateful', 'returnSequences', 'returnState'] as const) {
      if (forwardLayer[option] === backwardLayer[option]) continue;
      throw new ValueError(
        `[${this.who}] ${option} must be the same in both layers. Received: ${option}=${show(forwardLayer[option])} forward and ${option}=${show(backwardLayer[option])} backward.`,
      );
    }
  }

  /** Whether the outputs of all steps are returned. */
  get returnSequences(): boolean {
    return this.forwardLayer.returnSequences;
  }

  /** Whether the last states are returned after the output. */
  get returnState(): boolean {
    return this.forwardLayer.returnState;
  }

  /** Whether the last states of a batch are the first ones of the next. */
  get stateful(): boolean {
    return this.forwardLayer.stateful;
  }

  /** The states that both layers keep between batches; null before they are built, and for other layers. */
  get states(): readonly Variable[] | null {
    const [forward, backward] = [this.forwardLayer.states, this.backwardLayer.states];
    return forward === null || backward === null ? null : [...forward, ...backward];
  }

  override build(inputShape: InputShape): void {
    const shape: Shape = inputShapeOf(inputShape);
    this.forwardLayer.ensureBuilt(shape);
    this.backwardLayer.ensureBuilt(shape);
    if (this.#weights.length > 0) this.setWeights([...this.#weights]);
  }

  override call(inputs: Tree<Value>, context: CallContext): Tree<Value> {
    const [x, ...initial] = sequenceOf(inputs, context);
    if (x === undefined) throw new ValueError(`[${this.who}] expected a sequence. Received: no input.`);
    const half = initial.length / 2;
    const run = (layer: RNN, states: readonly Value[]): readonly Value[] =>
      flatten(layer.applyIn(context.trace, [x, ...states], context.training, context.mask), isValue);
    const [forward = x, ...states] = run(this.forwardLayer, initial.slice(0, half));
    const [backward = x, ...others] = run(this.backwardLayer, initial.slice(half));
    const reversed = this.returnSequences ? flip(backward, { axis: 1 }) : backward;
    const outputs = this.#merge(forward, reversed);
    if (this.returnSequences && context.mask !== null) for (const each of outputs) context.setMask(each, context.mask);
    const all = this.returnState ? [...outputs, ...states, ...others] : outputs;
    const [only] = all;
    return all.length === 1 && only !== undefined ? only : all;
  }

  #merge(forward: Value, backward: Value): readonly Value[] {
    switch (this.mergeMode) {
      case 'concat':
        return [concatenate([forward, backward], { axis: -1 })];
      case 'sum':
        return [add(forward, backward)];
      case 'ave':
        return [divide(add(forward, backward), 2)];
      case 'mul':
        return [multiply(forward, backward)];
      case null:
        return [forward, backward];
    }
  }

  /** Sets the states that both layers keep to 0. @throws ValueError if the layer is not stateful */
  resetState(): void {
    if (!this.stateful)
      throw new ValueError(`[${this.who}] only a stateful layer has states to reset. Received: stateful=false.`);
    this.forwardLayer.resetState();
    this.backwardLayer.resetState();
  }

  /** As {@link resetState}. */
  resetStates(): void {
    this.resetState();
  }

  /** The masks of the outputs are set along with them: states have none. */
  override computeMask(): Value | null {
    return null;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      layer: { ...serializeWith(classes, this.forwardLayer) },
      backward_layer: { ...serializeWith(classes, this.backwardLayer) },
    };
  }
}

function checkRecurrent(who: string, option: string, layer: unknown): RNN {
  if (layer instanceof RNN) return layer;
  throw new TypeError(`[${who}] ${option} must be a recurrent layer. Received: ${option}=${show(layer)}.`);
}
