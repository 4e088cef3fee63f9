import { ValueError, show } from '../../core/errors.ts';
import { unknownName } from '../../core/checks.ts';
import { type PyTorchModule, modulesOf } from './state/modules.ts';
import { readSafetensors } from '../../formats/safetensors/safetensors.ts';
import { ZIP } from '../../keras/saving/formats/magic.ts';
import { safetensorsFormat } from '../../keras/saving/formats/safetensors.ts';
import { type FileSource, readSource } from '../../keras/saving/formats/read-source.ts';
import type { SourceFile } from '../../keras/saving/source-file.ts';
import type { AnyModel } from '../../keras/models/model.ts';
import { checkConventions } from './conventions.ts';
import { flowsOf } from './flow.ts';
import { type Match, type Matching, match } from './match.ts';
import type { PyTorchNames, PyTorchReport } from './options.ts';
import { type Place, placesOf } from './places.ts';

/** The options of `loadPyTorchWeights`, checked. */
export interface ReadSettings {
  readonly who: string;
  readonly names: PyTorchNames;
  readonly strict: boolean;
  readonly eps: number | null;
  readonly momentum: number | null;
  readonly sampleCount: number | null;
}

/** Reads a state dict into a model, as `loadPyTorchWeights` describes. */
export async function readStateDict(
  model: AnyModel,
  source: FileSource,
  { who, names, strict, eps, momentum, sampleCount }: ReadSettings,
): Promise<PyTorchReport> {
  const file = await readSource(who, source);
  const modules = readModules(file);
  const flows = flowsOf(model);
  const places = placesOf(model, flows, { who: file.who, sampleCount });
  if (places.length === 0) {
    throw new ValueError(
      `[${file.who}] the model must have weights. Received: ${model.who} without weights. If it is not built, call build([…]), or call it on data first.`,
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

function readModules(file: SourceFile): readonly PyTorchModule[] {
  const { who, bytes } = file;
  if (safetensorsFormat.matches(file)) return modulesOf(readSafetensors(bytes, who).tensors);
  const what = file.startsWith(ZIP) ? 'a file of torch.save, which only Python can read' : 'a file of another format';
  throw new ValueError(
    `[${who}] a PyTorch state dict must be a safetensors file. Received: ${what}. Write it with safetensors.torch.save_file(network.state_dict(), path).`,
  );
}

/** Resolves `names`. @throws TypeError for unknown layers, ValueError for modules that do not fit */
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
        `[${who}] names must contain ${parts} of PyTorch's modules for ${layer.who}. Received: ${show(given)}.`,
      );
    }
    const prefix = list[part] ?? null;
    if (prefix === null) continue;
    const module = modules.find((each) => each.prefix === prefix);
    if (module === undefined) {
      if (typeof prefix === 'string') throw unknownModule(who, prefix, modules);
      throw new TypeError(`[${who}] names must contain module names. Received: ${show(prefix)} for ${layer.who}.`);
    }
    const fit = place.fit(module);
    if ('not' in fit) {
      throw new ValueError(
        `[${who}] ${layer.who} must be ${place.expects}. Received: ${show(prefix)}, which ${fit.not}. Use another module, or change the layer.`,
      );
    }
    if ([...found.values()].includes(module)) {
      throw new ValueError(`[${who}] a module can be assigned to one layer only. Received: ${show(prefix)} for two.`);
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

/** The report, and the step that assigns the values. */
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

/** Returns the reason why the only remaining module does not fit. */
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
