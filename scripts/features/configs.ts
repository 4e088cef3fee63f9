import { isRecord, isSerializedObject } from '../../src/core/config.ts';
import type { Counterpart } from './exports.ts';
import type { Feature } from './inventory.ts';

interface Configurable {
  getConfig(): Readonly<Record<string, unknown>>;
}

/** Names are made unique, and so differ from run to run. */
const NAME = 'name';

/** What a value of a config says: policies by their names, objects without the module, which follows from the class. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  if (isSerializedObject(value) && value.class_name === 'DTypePolicy') return value.config['name'];
  const entries = Object.entries(value).filter(([key]) => key !== 'module' && key !== 'registered_name');
  return Object.fromEntries(
    entries.map(([key, entry]) => [key, plain(entry)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Reads and writes a config with the class that stands for Keras's. */
function roundTrip(
  { value }: Counterpart,
  config: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { fromConfig } = value as { readonly fromConfig?: (config: object) => Configurable };
  if (typeof fromConfig !== 'function') return {};
  return fromConfig.call(value, config).getConfig();
}

/**
 * The keys of Keras's config whose values come out otherwise: where the class is made with the required arguments alone
 * (then it is a default that differs), or with all of them (then it is not kept).
 */
export function configDifferences(feature: Feature, counterpart: Counterpart): readonly string[] {
  const { given, config } = feature;
  if (given === undefined || config === undefined) return [];
  const keys = Object.keys(config).filter((key) => key !== NAME);
  const different = (from: Readonly<Record<string, unknown>>): readonly string[] => {
    const found = roundTrip(counterpart, from);
    return keys.filter((key) => JSON.stringify(plain(found[key])) !== JSON.stringify(plain(config[key])));
  };
  return [...new Set([...different(given), ...different(config)])];
}
