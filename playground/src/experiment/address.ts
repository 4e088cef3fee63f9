import { type NormalizationName, normalizations } from './normalizations.ts';
import {
  type EngineName,
  type OptimizerName,
  type Settings,
  batchSizes,
  defaultSettings,
  learningRates,
  momenta,
} from './settings.ts';

/** The value of a name, if it is one of those that can be chosen. */
function chosen<T>(given: string | null, choices: readonly T[], byDefault: T): T {
  return choices.find((choice) => String(choice) === given) ?? byDefault;
}

/**
 * Returns the settings in the fragment of an address, such as `#normalization=layer&batchSize=4`. Names that are missing, and
 * values that cannot be chosen, have their defaults.
 */
export function settingsFrom(fragment: string): Settings {
  const given = new URLSearchParams(fragment.replace(/^#/, ''));
  const { normalization, momentum, optimizer, learningRate, batchSize, engine } = defaultSettings;
  const names = Object.keys(normalizations) as NormalizationName[];
  return {
    normalization: chosen(given.get('normalization'), names, normalization),
    momentum: chosen(given.get('momentum'), momenta, momentum),
    optimizer: chosen<OptimizerName>(given.get('optimizer'), ['Adam', 'SGD'], optimizer),
    learningRate: chosen(given.get('learningRate'), learningRates, learningRate),
    batchSize: chosen(given.get('batchSize'), batchSizes, batchSize),
    engine: chosen<EngineName>(given.get('engine'), ['wasm'], engine),
  };
}

/** Returns the fragment of an address with the settings that are not the defaults; empty for the defaults. */
export function fragmentOf(settings: Settings): string {
  const entries = (Object.keys(defaultSettings) as (keyof Settings)[])
    // Whether there is WebGPU depends on the visitor's machine.
    .filter((name) => name !== 'engine' && settings[name] !== defaultSettings[name])
    .map((name) => [name, String(settings[name])]);
  return entries.length === 0 ? '' : `#${new URLSearchParams(entries).toString()}`;
}
