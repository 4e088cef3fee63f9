import { readFileSync } from 'node:fs';

export type Section =
  | 'layers'
  | 'activations'
  | 'initializers'
  | 'regularizers'
  | 'constraints'
  | 'losses'
  | 'metrics'
  | 'optimizers'
  | 'schedules'
  | 'callbacks'
  | 'models'
  | 'applications'
  | 'ops'
  | 'image'
  | 'utils'
  | 'random'
  | 'tree'
  | ClassSection;

/** The classes whose methods and attributes are listed too. */
export type ClassSection = 'Layer' | 'Model' | 'Sequential' | 'Callback';

/** A class or a function that Keras exports, or a method or an attribute of one of its classes. */
export interface Feature {
  readonly section: Section;
  readonly name: string;
  /** Its other names in the section. */
  readonly aliases?: readonly string[];
  readonly kind: 'class' | 'function' | 'method' | 'attribute';
  /** In Keras's order: `x` must be given, `axis=-1` has a default, `fn?` one that JSON has not. */
  readonly arguments: readonly string[];
  /** Whether it takes others too. */
  readonly more?: boolean;
  /** What the class was made with to get `config`. */
  readonly given?: Readonly<Record<string, unknown>>;
  /** What Keras's get_config gives then. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Everything that Keras exports, as test/golden/make/keras_inventory.py found it. */
export function readInventory(): readonly Feature[] {
  const text = readFileSync(new URL('../../test/golden/keras-inventory.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly cases: readonly Feature[] }).cases;
}

/** Whether a feature is a method or an attribute of a class. */
export const isMember = ({ kind }: Pick<Feature, 'kind'>): boolean => kind === 'method' || kind === 'attribute';

/** By what evidence and limits know a feature: `layers.Dense`. */
export function keyOf({ section, name }: Pick<Feature, 'section' | 'name'>): string {
  return `${section}.${name}`;
}

/** A name or an argument of Keras's as it is written here. */
export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
