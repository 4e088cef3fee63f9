import * as evenkeel from '../../src/index.ts';
import * as applications from '../../src/keras/applications/index.ts';
import { type ClassSection, type Feature, type Section, camelCase } from './inventory.ts';
import { hasMember, isClassSection, samples } from './members.ts';

/** Which file of src/ exports what Keras has in a section, and by what name users reach it. */
export const rooms: Readonly<
  Record<Exclude<Section, ClassSection>, { readonly file: string; readonly exports: object }>
> = {
  layers: { file: 'keras/layers/index.ts', exports: evenkeel.layers },
  activations: { file: 'keras/activations/index.ts', exports: evenkeel.activations },
  initializers: { file: 'keras/initializers/index.ts', exports: evenkeel.initializers },
  regularizers: { file: 'keras/regularizers/index.ts', exports: evenkeel.regularizers },
  constraints: { file: 'keras/constraints/index.ts', exports: evenkeel.constraints },
  losses: { file: 'keras/losses/index.ts', exports: evenkeel.losses },
  metrics: { file: 'keras/metrics/index.ts', exports: evenkeel.metrics },
  optimizers: { file: 'keras/optimizers/index.ts', exports: evenkeel.optimizers },
  schedules: { file: 'keras/optimizers/schedules/index.ts', exports: evenkeel.optimizers.schedules },
  callbacks: { file: 'keras/callbacks/index.ts', exports: evenkeel.callbacks },
  models: { file: 'keras/models/index.ts', exports: evenkeel },
  applications: { file: 'keras/applications/index.ts', exports: applications },
  ops: { file: 'keras/ops/index.ts', exports: evenkeel.ops },
  image: { file: 'keras/ops/image/index.ts', exports: evenkeel.ops.image },
  utils: { file: 'keras/utils/index.ts', exports: evenkeel.utils },
  random: { file: 'keras/random/index.ts', exports: evenkeel.random },
  tree: { file: 'keras/tree/index.ts', exports: evenkeel.tree },
};

/** Names that JavaScript does not allow. */
const renamed: Readonly<Record<string, string>> = { 'ops.var': 'variance' };

/** What stands for a feature here. */
export interface Counterpart {
  /** The file of src/ that exports it, and the name there. */
  readonly file: string;
  readonly name: string;
  readonly value: unknown;
  /** The method or attribute of the class of that name. */
  readonly member?: string;
}

const find = (table: object, name: string): unknown =>
  Object.hasOwn(table, name) ? (table as Readonly<Record<string, unknown>>)[name] : undefined;

/** What is exported under a feature's name, in its section or at the top; null if nothing is. */
export function counterpartOf({ section, name }: Pick<Feature, 'section' | 'name'>): Counterpart | null {
  const own = renamed[`${section}.${name}`] ?? camelCase(name);
  if (isClassSection(section)) {
    const value: unknown = samples[section].constructor;
    return hasMember(section, own) ? { file: 'index.ts', name: section, value, member: own } : null;
  }
  const { file, exports } = rooms[section];
  const places = [[file, exports] as const, ...(section === 'utils' ? [['index.ts', evenkeel] as const] : [])];
  for (const [place, table] of places) {
    const value = find(table, own);
    if (value !== undefined) return { file: place, name: own, value };
  }
  return null;
}

/** Whether an alias leads to the same thing: as an export, or as a text that the section's `get` takes. */
export function knowsAlias(feature: Feature, alias: string): boolean {
  if (counterpartOf({ section: feature.section, name: alias }) !== null) return true;
  if (isClassSection(feature.section)) return false;
  const { get } = rooms[feature.section].exports as { readonly get?: (name: string) => object };
  try {
    return get?.(alias) !== undefined;
  } catch {
    return false;
  }
}
