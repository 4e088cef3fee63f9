import { checkInteger, checkOptions } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, sameShape } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';
import { Variable } from '../../../compiler/ir/variable.ts';
import { Layer } from '../../../keras/layers/base/layer.ts';
import { BatchNormalization } from '../../../keras/layers/normalization/batch-normalization.ts';
import { copyLayer, rebuildModel } from '../../../keras/models/cloning.ts';
import { type AnyModel, type Model, isModel } from '../../../keras/models/model.ts';
import type { Sequential } from '../../../keras/models/sequential.ts';
import { type NamedLayer } from '../../../keras/layers/base/named-layers.ts';
import { batchNormalizationsIn, checkBuiltModel } from '../common/find-layers.ts';
import { movingStatisticsOf } from '../statistics/distance.ts';
import { type ReplacementName, type ReplacementOptions, replacements } from './replacements.ts';

/** Options of {@link replaceNormalization}. */
export interface ReplaceOptions extends ReplacementOptions {
  /** The names of the layers to replace; `outer/inner` for a layer of a nested model. @default all */
  readonly layers?: readonly string[] | null | undefined;
}

/**
 * The replacement of each batch normalization layer: the name of a class, or a function of the layer and its name that returns
 * such a name, a new layer, or null to keep the layer. `'BatchRenormalization'` is BatchNormalization with `renorm`.
 */
export type ReplaceRule =
  ReplacementName | ((layer: BatchNormalization, name: string) => ReplacementName | Layer | null);

/** A batch normalization layer that was replaced. */
export interface ReplacedNormalization {
  /** The layer's name, which its replacement has too unless the rule made it; `outer/inner` for one of a nested model. */
  readonly normalization: string;
  /** The class of the replacement. */
  readonly by: string;
  /** The weights whose values were carried over. */
  readonly carried: readonly string[];
  /** The weights without a counterpart, whose values were left behind. */
  readonly dropped: readonly string[];
}

/** The outcome of a replacement. */
export interface ReplaceReport {
  readonly replaced: readonly ReplacedNormalization[];
  /** The names of the layers for which the rule returned null, and of those that are not in `layers`. */
  readonly kept: readonly string[];
}

/** The property that a replacement adds to a model. */
export interface Replaced {
  readonly replaceReport: ReplaceReport;
}

/**
 * Returns a new model in which other normalization takes the place of batch normalization, in Sequential, functional and
 * nested models. The given model is unchanged.
 *
 * The replacement has the options that both classes have (name, epsilon, axis, initializers, regularizers, …). γ and β are
 * carried over where they have the same sizes: they still scale and shift the channels. Moving statistics remain only with
 * `'BatchRenormalization'`, whose other state is made from them. All other layers keep their weights, and all shapes of
 * inputs and outputs are the same. Outputs differ, so train the result, with a small learning rate at first; it is compiled as
 * the model is, with an optimizer of its own.
 *
 * Parameters of a layer with C channels, of 4 C in BatchNormalization, 2 C of them trained:
 *
 *     GroupNormalization, LayerNormalization, InstanceNormalization    2 C (γ, β), all trained
 *     RMSNormalization                                                 C (γ), all trained
 *     BatchRenormalization                                             7 C, 2 C of them trained
 *
 * GroupNormalization gets the largest number of groups up to `groups` that divides the channels, such that a group has several
 * elements: after a dense layer, groups are larger.
 *
 * @returns the new model, with a `replaceReport`
 * @throws TypeError for something that is not a model or an unknown option; ValueError if the model is not built, has no
 * batch normalization, or has some in a layer or model of a custom class, if a name in `layers` is unknown, and for a rule
 * that does not fit a layer, such as InstanceNormalization after a dense layer.
 * @example
 * const model = new Sequential([Input({ shape: [8, 8, 3] }), new layers.Conv2D(48, 3), new layers.BatchNormalization()]);
 * const other = replaceNormalization(model, 'GroupNormalization');
 * other.layers[1].groups;                     // 24
 * other.replaceReport.replaced[0].carried;    // ['gamma', 'beta']
 * @see https://arxiv.org/abs/1803.08494 (Wu and He 2018)
 */
export function replaceNormalization(
  model: Sequential,
  rule: ReplaceRule,
  options?: ReplaceOptions,
): Sequential & Replaced;
export function replaceNormalization<Output extends Tree<Tensor>>(
  model: Model<Output>,
  rule: ReplaceRule,
  options?: ReplaceOptions,
): Model<Output> & Replaced;
export function replaceNormalization(
  model: AnyModel,
  rule: ReplaceRule,
  options: ReplaceOptions = {},
): AnyModel & Replaced {
  const who = 'replaceNormalization';
  checkOptions(who, options, ['groups', 'layers']);
  if (options.groups !== undefined) checkInteger(who, 'groups', options.groups, 1);
  const given = checkBuiltModel(who, model);
  const chosen = new Set(batchNormalizationsIn(who, given, options.layers ?? null).map(({ layer }) => layer));
  const choose = (layer: BatchNormalization, name: string): ReplacementName | Layer | null => {
    if (!chosen.has(layer)) return null;
    return typeof rule === 'function' ? rule(layer, name) : rule;
  };
  const replacement = new Replacement(who, batchNormalizationsIn(who, given), choose, options);
  const made = replacement.rebuild(given);
  made.compileLike(given);
  const missed = replacement.missed;
  if (missed.length > 0) {
    throw new ValueError(
      `[${who}] layers inside a layer or model of a custom class cannot be replaced. Received: ${missed.join(', ')}. Replace them in the code of that class, or use a rule that returns null for them.`,
    );
  }
  return Object.assign(made, { replaceReport: { replaced: replacement.replaced, kept: replacement.kept } });
}

/** One replacement of the layers of a model and of the models nested in it. */
class Replacement {
  readonly #replaced = new Map<string, ReplacedNormalization>();
  readonly kept: string[] = [];
  readonly #who: string;
  readonly #options: ReplaceOptions;
  /** The new layer of each layer that is replaced. */
  readonly #made = new Map<BatchNormalization, Layer>();
  readonly #names: ReadonlyMap<Layer, string>;
  readonly #reached = new Set<Layer>();

  constructor(
    who: string,
    found: readonly NamedLayer<BatchNormalization>[],
    choose: (layer: BatchNormalization, name: string) => unknown,
    options: ReplaceOptions,
  ) {
    this.#who = who;
    this.#options = options;
    this.#names = new Map(found.map(({ name, layer }) => [layer, name]));
    for (const { name, layer } of found) {
      const made = this.#make(layer, choose(layer, name));
      if (made === null) this.kept.push(name);
      else this.#made.set(layer, made);
    }
  }

  /** The replaced layers, in the order of the model. */
  get replaced(): readonly ReplacedNormalization[] {
    return [...this.#names.values()].flatMap((name) => this.#replaced.get(name) ?? []);
  }

  /** The names of the layers to replace that no rebuilt model has. */
  get missed(): readonly string[] {
    return [...this.#made.keys()].filter((layer) => !this.#reached.has(layer)).map((layer) => this.#nameOf(layer));
  }

  rebuild(model: AnyModel): AnyModel {
    const copies = new Map<Layer, Layer>();
    const made = rebuildModel(
      model,
      this.#who,
      (layer) => {
        const copy = this.#copy(layer);
        copies.set(layer, copy);
        return copy;
      },
      (_, __, repeat) => repeat(),
    );
    for (const [layer, copy] of copies) {
      if (layer instanceof BatchNormalization && this.#made.has(layer)) this.#carryWeights(layer, copy);
      else if (copy !== layer && !isModel(copy)) copy.setWeights(layer.getWeights());
    }
    return made;
  }

  #copy(layer: Layer): Layer {
    if (isModel(layer) && layer.network !== null) return this.rebuild(layer);
    const made = layer instanceof BatchNormalization ? this.#made.get(layer) : undefined;
    if (made !== undefined) this.#reached.add(layer);
    return made ?? copyLayer(layer);
  }

  #make(layer: BatchNormalization, choice: unknown): Layer | null {
    if (choice === null || choice === layer) return null;
    if (choice instanceof Layer) return this.#checkNew(choice);
    const make = Object.entries(replacements).find(([name]) => name === choice)?.[1];
    if (make !== undefined) return make(this.#who, layer, this.#options);
    const names = Object.keys(replacements).map((name) => JSON.stringify(name));
    throw new ValueError(
      `[${this.#who}] rule must be one of ${names.join(', ')}, or a function that returns one, a layer or null. Received: ${show(choice)}.`,
    );
  }

  /** Returns a layer that the rule made. Weights of a layer in use would be overwritten. */
  #checkNew(choice: Layer): Layer {
    const isUsed = choice.inboundNodes.length > 0 || choice.weights.length > 0;
    if (!isUsed && ![...this.#made.values()].includes(choice)) return choice;
    throw new ValueError(
      `[${this.#who}] the rule must return a new layer for each layer. Received: ${choice.who}, which is in use. Construct the layer in the rule.`,
    );
  }

  /** Carries over the weights that mean the same and have the same sizes. */
  #carryWeights(from: BatchNormalization, to: Layer): void {
    if (to instanceof BatchNormalization) {
      const { mean, variance } = movingStatisticsOf(from);
      to.setMovingStatistics({ count: Number.MAX_SAFE_INTEGER, mean, variance });
    }
    const carried: string[] = [];
    const dropped: string[] = [];
    for (const variable of from.ownWeights) {
      const target = counterpartOf(from, to, variable);
      const fits = target !== null && sameShape(sizes(target.shape), sizes(variable.shape));
      if (fits) target.assign(new Tensor(variable.value.data, target.shape));
      (fits ? carried : dropped).push(variable.name);
    }
    const normalization = this.#nameOf(from);
    this.#replaced.set(normalization, { normalization, by: to.className, carried, dropped });
  }

  #nameOf(layer: Layer): string {
    return this.#names.get(layer) ?? layer.name;
  }
}

/** The sizes other than 1, which shapes of weights with several axes contain for the other axes. */
const sizes = (shape: Shape): Shape => shape.filter((size) => size !== 1);

const PARTS = ['gamma', 'beta', 'mean', 'variance'] as const;

/** The weight of another layer with the meaning of a weight of this one: γ is called `scale` in some classes. */
function counterpartOf(from: Layer, to: Layer, variable: Variable): Variable | null {
  const part = PARTS.find((name) => from.normalizationParts?.[name]?.value === variable);
  const found = part === undefined ? undefined : to.normalizationParts?.[part]?.value;
  if (found instanceof Variable) return found;
  return to.ownWeights.find(({ name }) => name === variable.name) ?? null;
}
