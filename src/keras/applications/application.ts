import { checkBoolean, checkChoice, checkInteger, checkOptions, checkString } from '../../core/checks.ts';
import { ValueError, show } from '../../core/errors.ts';
import { type Shape, checkShape } from '../../core/shape.ts';
import * as activations from '../activations/activations.ts';
import { type Activation, get as activationOf } from '../activations/resolve.ts';
import { Input } from '../layers/core/input-layer.ts';
import { Model } from '../models/model.ts';
import { type KerasTensor, isKerasTensor } from '../ops/base/keras-tensor.ts';
import { getSourceInputs } from '../utils/symbolic-tensors.ts';
import { obtainInputShape } from './input-shape.ts';
import type { Application, ApplicationOptions, ApplicationWeights } from './options.ts';
import { type WeightsFile, loadGiven, loadPublished } from './weights.ts';

/** The checked options of all networks. */
export interface Settings {
  readonly includeTop: boolean;
  readonly weights: ApplicationWeights | null;
  readonly inputTensor: KerasTensor | null;
  /** The shape of the images: the one given, until the network has decided. */
  readonly inputShape: Shape | null;
  readonly pooling: 'avg' | 'max' | null;
  readonly classes: number;
  readonly classifierActivation: Activation;
  readonly isImagenet: boolean;
}

/** The settings that a network needs in addition. */
type Extras = Readonly<Record<string, unknown>>;

/** Reads each of the additional options, which is undefined if it is not given. */
export type Readers<Extra extends Extras> = { readonly [K in keyof Extra]: (who: string, value: unknown) => Extra[K] };

/** A network, from which its function follows. */
export interface Network<Extra extends Extras> {
  /** The height and width of the images that it was trained with. */
  readonly size: number;
  /** The smallest height and width that it supports. */
  readonly minSize: number;
  readonly extras?: Readers<Extra>;
  /** The shape of the images, if it is not decided by the sizes alone. */
  readonly shapeOf?: (who: string, settings: Settings & Extra) => Shape;
  /** Checks that there are published weights for the settings. @throws ValueError if there are none. */
  readonly checkImagenet?: (who: string, settings: Settings & Extra, shape: Shape) => void;
  /** The default name of the model. */
  readonly name: string | ((settings: Settings & Extra, shape: Shape) => string);
  /** Whether a model of an `inputTensor` has its input alone rather than in a list, which configs tell apart. */
  readonly hasPlainInput?: boolean;
  /** The layers, from the image to the output. `name` is that of the model. */
  readonly layers: (image: KerasTensor, settings: Settings & Extra & { readonly name: string }) => KerasTensor;
  /** The published weights. */
  readonly file: (settings: Settings & Extra, shape: Shape) => WeightsFile;
}

const OPTIONS = [
  ...['includeTop', 'weights', 'inputTensor', 'inputShape', 'pooling', 'classes', 'classifierActivation', 'name'],
  ...['onProgress', 'signal'],
];

const POOLINGS = ['avg', 'max'] as const;

/** The function of a network. `who` is its name. */
export function application<Options extends ApplicationOptions = ApplicationOptions, Extra extends Extras = Extras>(
  who: string,
  network: Network<Extra>,
): Application<Options> {
  const make = (options: ApplicationOptions = {}): Model | Promise<Model> => {
    if (options.weights === null) return build(who, network, options).model;
    return buildAndLoad(who, network, options);
  };
  return Object.defineProperty(make, 'name', { value: who }) as Application<Options>;
}

async function buildAndLoad<Extra extends Extras>(
  who: string,
  network: Network<Extra>,
  options: ApplicationOptions,
): Promise<Model> {
  // The model is made before anything is awaited, so that the names of layers follow the order of the calls.
  const { model, settings, shape } = build(who, network, options);
  const reading = { onProgress: options.onProgress, signal: options.signal };
  if (settings.isImagenet) await loadPublished(model, network.file(settings, shape), reading);
  else if (settings.weights !== null) await loadGiven(who, model, settings.weights, reading);
  return model;
}

function build<Extra extends Extras>(
  who: string,
  network: Network<Extra>,
  options: ApplicationOptions,
): { readonly model: Model; readonly settings: Settings & Extra; readonly shape: Shape } {
  const settings = readSettings(who, network, options);
  const { inputTensor, isImagenet } = settings;
  const shape = network.shapeOf?.(who, settings) ?? obtainInputShape(who, { ...settings, ...network });
  if (isImagenet) network.checkImagenet?.(who, settings, shape);
  const byDefault = typeof network.name === 'string' ? network.name : network.name(settings, shape);
  const name = checkString(who, 'name', options.name ?? byDefault);
  const image = inputTensor ?? Input({ shape });
  const outputs = network.layers(image, { ...settings, name });
  const inputs = inputTensor === null ? image : inputsOf(inputTensor, network.hasPlainInput ?? false);
  return { model: new Model({ inputs, outputs, name }), settings, shape };
}

function inputsOf(tensor: KerasTensor, isPlain: boolean): KerasTensor | KerasTensor[] {
  const inputs = [...getSourceInputs(tensor)];
  const [first] = inputs;
  return isPlain && inputs.length === 1 && first !== undefined ? first : inputs;
}

function readSettings<Extra extends Extras>(
  who: string,
  network: Network<Extra>,
  options: ApplicationOptions,
): Settings & Extra {
  const readers: Readers<Extra> | undefined = network.extras;
  checkOptions(who, options, [...OPTIONS, ...Object.keys(readers ?? {})]);
  const { inputTensor = null, inputShape = null, pooling = null, weights = 'imagenet' } = options;
  if (inputTensor !== null && !isKerasTensor(inputTensor)) {
    throw new TypeError(
      `[${who}] inputTensor must be a symbolic tensor. Received: inputTensor=${show(inputTensor)}. Pass an Input, or what a layer returns when it is called on one.`,
    );
  }
  const settings: Settings = {
    includeTop: checkBoolean(who, 'includeTop', options.includeTop ?? true),
    weights,
    inputTensor,
    inputShape: inputShape === null ? null : [...checkShape(inputShape, who, 'inputShape')],
    pooling: pooling === null ? null : checkChoice(who, 'pooling', pooling, POOLINGS),
    classes: checkInteger(who, 'classes', options.classes ?? 1000, 1),
    classifierActivation: activationOf(
      options.classifierActivation === undefined ? 'softmax' : options.classifierActivation,
      who,
    ),
    isImagenet: weights === 'imagenet',
  };
  if (settings.includeTop && weights !== null) checkTop(who, settings);
  const given = options as Readonly<Record<string, unknown>>;
  const extras = Object.entries<(who: string, value: unknown) => unknown>(readers ?? {}).map(
    ([name, read]) => [name, read(who, given[name])] as const,
  );
  return { ...settings, ...(Object.fromEntries(extras) as Extra) };
}

/** Checks the top that a file of weights must fit. */
function checkTop(who: string, { classes, classifierActivation, isImagenet }: Settings): void {
  if (isImagenet && classes !== 1000) {
    throw new ValueError(
      `[${who}] with includeTop=true and weights="imagenet", classes must be 1000. Received: classes=${classes}. For other classes, leave out the top and add one: { includeTop: false }.`,
    );
  }
  if (classifierActivation === activations.softmax || classifierActivation === activations.linear) return;
  throw new ValueError(
    `[${who}] with includeTop=true and weights from a file, classifierActivation must be "softmax" or null. Received: classifierActivation=${show(classifierActivation)}.`,
  );
}
