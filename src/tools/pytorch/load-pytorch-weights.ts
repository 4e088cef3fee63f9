import { ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkInteger, checkNumber, checkOptions, unknownName } from '../../core/checks.ts';
import type { Layer } from '../../keras/layers/base/layer.ts';
import { type PyTorchModule, modulesOf } from './state/modules.ts';
import { readSafetensors } from '../../formats/safetensors/safetensors.ts';
import { sniff } from '../../keras/saving/sniff.ts';
import { type FileSource, type ReadFile, readSource } from '../../keras/saving/source.ts';
import type { Model } from '../../keras/models/model.ts';
import { checkConventions } from './conventions.ts';
import { flowsOf } from './flow.ts';
import { type Match, type MatchedBy, type Matching, match } from './match.ts';
import { type Place, placesOf } from './places.ts';

/** The modules of layers: of a separable convolution, its depthwise and its pointwise one. */
export type PyTorchNames =
  | Readonly<Record<string, string | readonly string[]>>
  | ((layer: Layer) => string | readonly string[] | null | undefined);

/** Options of {@link loadPyTorchWeights}. */
export interface LoadPyTorchWeightsOptions {
  /**
   * The modules of layers, `{ conv2d: 'features.0' }`, by the layers' names; or a function that gives a layer's, or null
   * to leave it to the rest of the rules. @default {}
   */
  readonly names?: PyTorchNames | undefined;
  /** Whether every layer must have a module and every module a layer; else, what does not is listed. @default true */
  readonly strict?: boolean | undefined;
  /** The `eps` of PyTorch's modules: the layers' must be the same. @default null, noted where it is not 1e-5 */
  readonly eps?: number | null | undefined;
  /** The `momentum` of PyTorch's BatchNorm: the layers' must be 1 less it. @default null, noted where it is not 0.9 */
  readonly momentum?: number | null | undefined;
  /**
   * How many elements a variance was taken over, N, to multiply `running_var` by (N − 1)/N, as Keras keeps it; PyTorch
   * predicts without that. @default null, taken as it is
   */
  readonly sampleCount?: number | null | undefined;
}

const OPTIONS = ['names', 'strict', 'eps', 'momentum', 'sampleCount'];

/** What came of reading a state of PyTorch. */
export interface PyTorchReport {
  /** The layers that have new weights, the modules that these come from, and how they were found. */
  readonly loaded: readonly { readonly layer: string; readonly module: string; readonly by: MatchedBy }[];
  /** The tensors that went nowhere. */
  readonly unusedInFile: readonly string[];
  /** The layers that are as they were, and why. */
  readonly notInFile: readonly string[];
  /** What else is worth a look: settings that differ from PyTorch's, state that it does not have. */
  readonly notes: readonly string[];
}

/**
 * Reads the state of a PyTorch network, `safetensors.torch.save_file(network.state_dict(), path)`, into a model of the
 * same layers.
 *
 * A module goes to the layer whose kind and shape it fits; among several, to the one of its name or at its place: names
 * that differ in their numbers alone, `conv1` and `conv2`, stand in the order of the layers, and `bn1` stands behind
 * `conv1`. The report says which way each was found. Where that leaves a choice, nothing is guessed: `names` tells.
 *
 * Kernels are laid out as Keras has them, and so are the rows of a Dense behind a Flatten, and the columns of one before a
 * Reshape, for maps with their channels last. `weight_norm` and `spectral_norm` become plain kernels, or the weights of
 * WeightNormalization and SpectralNormalization. `num_batches_tracked` is ignored.
 *
 *     moving_mean = running_mean        moving_variance = running_var        momentum = 1 − PyTorch's momentum
 *
 * PyTorch's running variance has N/(N − 1) times the variance of a batch. Predictions are equal with it as it is; to go on
 * training as PyTorch does, make the layers with `new BatchNormalization({ epsilon: 1e-5, momentum: 0.9, fused: true })`.
 *
 * @returns what was read, and what was not.
 * @throws ValueError if the file is no safetensors file or is damaged, a module that was named does not fit, a layer could
 * have several, or, with `strict`, something is left over; the model is as it was then.
 * @example
 * const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1, { name: 'fc' })]);
 * const state = new Sequential([Input({ shape: [1] }), new layers.Dense(2, { name: 'fc' })], { name: 'other' });
 * const bytes = await state.toBytes('safetensors');                   // 'other/fc/kernel' is no name of PyTorch
 * const report = await loadPyTorchWeights(model, bytes, { strict: false });
 * report.loaded;    // []
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.state_dict
 */
export async function loadPyTorchWeights(
  model: Model,
  source: FileSource,
  options: LoadPyTorchWeightsOptions = {},
): Promise<PyTorchReport> {
  checkOptions('loadPyTorchWeights', options, OPTIONS);
  const { names = {}, eps = null, momentum = null, sampleCount = null } = options;
  const who = 'loadPyTorchWeights';
  const strict = checkBoolean(who, 'strict', options.strict ?? true);
  if (eps !== null) checkNumber(who, 'eps', eps);
  if (momentum !== null) checkNumber(who, 'momentum', momentum);
  if (sampleCount !== null) checkInteger(who, 'sampleCount', sampleCount, 2);
  const file = await readSource(who, source);
  const modules = readModules(file);
  const flows = flowsOf(model);
  const places = placesOf(model, flows, { who: file.who, sampleCount });
  if (places.length === 0) {
    throw new ValueError(
      `[${file.who}] the model must have weights. Received: ${model.who}, which has none. Where it is not built, build([…]) it, or call it on data first.`,
    );
  }
  const named = namedModules(file.who, names, places, modules);
  const matching = match(places, modules, flows, named);
  const notes = checkConventions(file.who, places, { eps, momentum });
  const { report, commit } = settle(matching, modules, notes);
  check(file.who, matching, report, strict);
  commit();
  return report;
}

function readModules({ who, bytes }: ReadFile): readonly PyTorchModule[] {
  const container = sniff(bytes);
  if (container === 'safetensors') return modulesOf(readSafetensors(bytes, who).tensors);
  const what = container === 'zip' ? 'a file of torch.save, which only Python can read' : 'a file of another format';
  throw new ValueError(
    `[${who}] a state of PyTorch must be a safetensors file. Received: ${what}. Write it with safetensors.torch.save_file(network.state_dict(), path).`,
  );
}

/** What the user says that belongs together. @throws TypeError for unknown layers; ValueError for modules that do not fit. */
function namedModules(
  who: string,
  names: PyTorchNames,
  places: readonly Place[],
  modules: readonly PyTorchModule[],
): ReadonlyMap<Place, PyTorchModule> {
  const layers = places.map(({ layer }) => layer.name);
  const unknown = typeof names === 'function' ? undefined : Object.keys(names).find((name) => !layers.includes(name));
  if (unknown !== undefined) throw unknownName(who, 'layer with weights in names', unknown, layers);
  const found = new Map<Place, PyTorchModule>();
  for (const place of places) {
    const { layer, part } = place;
    const given =
      typeof names === 'function' ? names(layer) : Object.hasOwn(names, layer.name) ? names[layer.name] : null;
    const list: readonly unknown[] = Array.isArray(given) ? given : [given ?? null];
    const parts = places.filter((other) => other.layer === layer).length;
    if ((given ?? null) !== null && list.length !== parts) {
      throw new ValueError(
        `[${who}] names must have ${parts} of PyTorch's modules for ${layer.who}. Received: ${show(given)}.`,
      );
    }
    const prefix = list[part] ?? null;
    if (prefix === null) continue;
    const module = modules.find((each) => each.prefix === prefix);
    if (module === undefined) {
      if (typeof prefix === 'string') throw unknownModule(who, prefix, modules);
      throw new TypeError(`[${who}] names must give the modules' names. Received: ${show(prefix)} for ${layer.who}.`);
    }
    const fit = place.fit(module);
    if ('not' in fit) {
      throw new ValueError(
        `[${who}] ${layer.who} must be ${place.expects}. Received: ${show(prefix)}, which ${fit.not}. Name another module, or change the layer.`,
      );
    }
    if ([...found.values()].includes(module)) {
      throw new ValueError(`[${who}] a module can be named for one layer. Received: ${show(prefix)} for two.`);
    }
    found.set(place, module);
  }
  return found;
}

function unknownModule(who: string, prefix: string, modules: readonly PyTorchModule[]): Error {
  return unknownName(
    who,
    'module',
    prefix,
    modules.map((module) => module.prefix),
  );
}

const tensorName = (prefix: string, name: string): string => (prefix === '' ? name : `${prefix}.${name}`);

/** The report, and the step that assigns what it tells of. */
function settle(
  { matches, ambiguous, missing }: Matching,
  modules: readonly PyTorchModule[],
  conventions: readonly string[],
): { readonly report: PyTorchReport; readonly commit: () => void } {
  const fits = matches.map(({ place, module }) => ({ place, fit: place.fit(module) }));
  const used = new Set(matches.map(({ module }) => module));
  const unused = modules.filter((module) => !used.has(module));
  const notes = fits.flatMap(({ place, fit }) =>
    'values' in fit ? (fit.notes ?? []).map((note) => `${place.layer.who}: ${note}.`) : [],
  );
  const report = {
    loaded: matches.map(({ place, module, by }: Match) => ({ layer: place.layer.name, module: module.prefix, by })),
    unusedInFile: unused.flatMap(({ prefix, tensors }) => [...tensors.keys()].map((name) => tensorName(prefix, name))),
    notInFile: [
      ...missing.map((place) => `${place.layer.who}: no module is ${place.expects}${nearMiss(place, unused)}`),
      ...ambiguous.map(
        ([{ layer }, left]) => `${layer.who}: could be ${left.map(({ prefix }) => show(prefix)).join(' or ')}`,
      ),
    ],
    notes: [...conventions, ...notes],
  };
  const commit = (): void => {
    for (const { fit } of fits) if ('values' in fit) for (const [variable, value] of fit.values) variable.assign(value);
  };
  return { report, commit };
}

/** Why the one module that is left over does not fit. */
function nearMiss(place: Place, unused: readonly PyTorchModule[]): string {
  const [module, another] = unused;
  if (module === undefined || another !== undefined) return '';
  const fit = place.fit(module);
  return 'not' in fit ? ` (${show(module.prefix)} ${fit.not})` : '';
}

function check(who: string, { ambiguous }: Matching, report: PyTorchReport, strict: boolean): void {
  const { notInFile, unusedInFile } = report;
  if (!strict || (notInFile.length === 0 && unusedInFile.length === 0)) return;
  const some = (list: readonly string[]): string =>
    `${list.slice(0, 5).join('; ')}${list.length > 5 ? `; and ${list.length - 5} more` : ''}`;
  const parts = [
    ...(notInFile.length > 0 ? [some(notInFile)] : []),
    ...(unusedInFile.length > 0 ? [`left over: ${some(unusedInFile)}`] : []),
  ];
  const advice =
    ambiguous.length > 0
      ? 'Say which is which: { names: { layer: module } }.'
      : 'Load it into a model of the same layers, or only what fits with { strict: false }.';
  throw new ValueError(
    `[${who}] every layer must have one module, and every module a layer. Received: ${parts.join('. ')}. ${advice}`,
  );
}
