import { type Layer, Model, Sequential, layers, utils } from 'evenkeel';
import { Absent, type CallRecord, type Recorded } from './record-types.ts';
import { isRecord, toConfig, textOf } from './values.ts';

const MODELS = { Sequential, Functional: Model, Model } as const;

/** Classes that Keras exports under another name than their own. */
const EXPORTED: Readonly<Record<string, string>> = { GroupedQueryAttention: 'GroupQueryAttention' };

const isModelName = (name: string): name is keyof typeof MODELS => Object.hasOwn(MODELS, name);

/** Whether evenkeel has a class of layers or models; FeatureSpace, a layer, is among the utilities as in Keras. */
export const hasLayer = (name: string): boolean =>
  isModelName(name) ||
  (/^[A-Z]/.test(name) && [layers, utils].some((room) => Object.hasOwn(room, EXPORTED[name] ?? name)));

/** The first class of layers in a config that evenkeel does not have; null if it has all. */
function absentLayer(value: Recorded | undefined): string | null {
  if (Array.isArray(value)) return value.map(absentLayer).find((name) => name !== null) ?? null;
  if (!isRecord(value)) return null;
  const { class_name: className, module, config } = value;
  const isLayer = typeof className === 'string' && isRecord(config) && /^keras\.(src\.)?layers/.test(textOf(module));
  if (isLayer && !hasLayer(className)) return className;
  return absentLayer(Object.values(value));
}

/** Makes the layer of a record. @throws Absent if evenkeel lacks a class. */
export function makeLayer({ object }: CallRecord): Layer {
  const missing = absentLayer(object);
  if (missing !== null) throw new Absent(missing);
  const config = toConfig(object);
  const className = String(config['class_name']);
  if (isModelName(className)) return MODELS[className].fromConfig(config['config'] as never);
  return layers.deserialize(config);
}
