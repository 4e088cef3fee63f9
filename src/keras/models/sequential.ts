import { type Config, isSerializedObject } from '../../core/config.ts';
import { checkBoolean, checkOptions } from '../../core/checks.ts';
import { InternalError, ValueError, show } from '../../core/errors.ts';
import { type Shape, checkShape } from '../../core/shape.ts';
import type { Layer } from '../layers/base/layer.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import type { ModelOptions } from './model-options.ts';
import { Model } from './model.ts';
import { registerModelClass } from '../saving/model-classes.ts';
import { readLayer } from './serialization.ts';
import { SequentialTopology } from './topology/sequential-topology.ts';

/** Options of `add` and `pop` of {@link Sequential}. */
export interface RebuildOptions {
  /** Whether the model is built at once if the shape of its input is known. @default true */
  readonly rebuild?: boolean | undefined;
}

/**
 * A stack of layers: the output of each layer is the input of the next one.
 *
 * The model is built at once if the first layer determines the input (`inputShape`, or an `Input` in front), else by
 * `build` or by its first call.
 *
 * @throws ValueError if two layers have the same name.
 * @example
 * const model = new Sequential([new layers.Dense(64, { activation: 'relu' }), new layers.Dense(10)]);
 * model.build([null, 784]);
 * model.outputShape;      // [null, 10]
 * model.countParams();    // 50890
 * @see https://keras.io/api/models/sequential/
 */
export class Sequential extends Model {
  static override readonly className: string = 'Sequential';

  constructor(layers: readonly (Layer | KerasTensor)[] | null = null, options: ModelOptions = {}) {
    checkOptions('Sequential', options, ['name', 'trainable', 'dtype']);
    super(options);
    const given: unknown = layers ?? [];
    if (!Array.isArray(given)) {
      throw new TypeError(`[${this.who}] layers must be a list of layers. Received: ${show(layers)}.`);
    }
    for (const layer of given as readonly (Layer | KerasTensor)[]) this.#stack.push(layer);
    this.#rebuild();
  }

  protected override makeTopology(): SequentialTopology {
    return new SequentialTopology(this);
  }

  get #stack(): SequentialTopology {
    const { topology } = this;
    if (topology instanceof SequentialTopology) return topology;
    throw new InternalError(`${this.who} is not a stack of layers.`);
  }

  /** The shape of the input. @throws ValueError before the model is built. */
  override get inputShape(): Shape {
    return this.#stack.inputs('inputShape').shape;
  }

  /** The shape of the output. @throws ValueError before the model is built. */
  override get outputShape(): Shape {
    return this.#stack.outputs('outputShape').shape;
  }

  /**
   * Adds a layer at the end, and builds the model if the shape of its input is known. With `{ rebuild: false }` the model is built by its
   * next call, or by `build`.
   * @throws TypeError if it is not a layer; ValueError if its name is taken. The model is unchanged then.
   */
  add(layer: Layer | KerasTensor, options: RebuildOptions = {}): void {
    const rebuilds = this.#readRebuild('add', options);
    const wasBuilt = this.built;
    this.#stack.push(layer);
    try {
      if (!rebuilds) this.#unbuild();
      else if (wasBuilt) this.#extend();
      else this.#rebuild();
    } catch (error) {
      // The layer cannot process the output of the layers before it.
      this.#stack.pop();
      this.#rebuild();
      throw error;
    }
  }

  /**
   * Removes the last layer and returns it. The model is built again if the shape of its input is known, or, with
   * `{ rebuild: false }`, by its next call.
   * @throws ValueError if there is none.
   */
  pop(options: RebuildOptions = {}): Layer {
    const rebuilds = this.#readRebuild('pop', options);
    const layer = this.#stack.pop();
    if (layer === undefined) {
      throw new ValueError(`[${this.who}] pop needs a layer to remove. Received: an empty model.`);
    }
    if (rebuilds) this.#rebuild();
    else this.#unbuild();
    return layer;
  }

  #readRebuild(method: string, options: RebuildOptions): boolean {
    const who = `${this.who} ${method}`;
    checkOptions(who, options, ['rebuild']);
    return checkBoolean(who, 'rebuild', options.rebuild ?? true);
  }

  /** Adds the last layer to a model that is built, without building the others again. */
  #extend(): void {
    this.invalidateTraces();
    this.#stack.extend();
  }

  #unbuild(): void {
    this.built = false;
    this.#stack.unbuild();
    this.invalidateTraces();
  }

  /** Builds the model again after a change, if the shape of its input is known. */
  #rebuild(): void {
    this.#unbuild();
    const shape = this.#stack.knownInputShape;
    if (shape !== null) this.build(shape);
  }

  /**
   * Makes a model from a config that `getConfig` returned, here or in Keras. The weights are new.
   * @throws ValueError if the config is malformed; TypeError if it names an unknown class.
   */
  static override fromConfig(config: Config, context: ReadContext = defaultContext): Sequential {
    const { name, layers, build_input_shape: shape } = config;
    if (typeof name !== 'string' || !Array.isArray(layers) || !layers.every(isSerializedObject)) {
      throw new ValueError(`[Sequential] a config must have a name and a list of layers. Received: ${show(config)}.`);
    }
    const trainable = config['trainable'];
    // An operation is not a layer, which the constructor refuses.
    const read = layers.map((entry) => readLayer(entry, context)) as readonly Layer[];
    const model = new this(read, {
      name,
      ...(typeof trainable === 'boolean' ? { trainable } : {}),
      dtype: (config['dtype'] ?? null) as never,
    });
    if (!model.built && Array.isArray(shape)) model.build(checkShape(shape, model.who, 'build_input_shape'));
    return model;
  }
}

registerModelClass(Sequential, 'Sequential');
