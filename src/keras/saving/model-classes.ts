import type { Config } from '../../core/config.ts';
import type { ReadContext } from './read-context.ts';

/** A class of models that configs name. */
export interface ModelClass {
  readonly prototype: object;
  fromConfig(config: Config, context: ReadContext): object;
}

/**
 * The built-in classes of models by their names in configs. Each class adds itself: a model can hold models of either class, and
 * layers can hold models, so that their files cannot import each other.
 */
const modelClasses = new Map<string, ModelClass>();

/** Adds a built-in class of models, under one or several names. */
export function registerModelClass(modelClass: ModelClass, ...names: readonly string[]): void {
  for (const name of names) modelClasses.set(name, modelClass);
}

/** The built-in class of models of a name in configs; undefined if there is none. */
export const modelClassOf = (name: string): ModelClass | undefined => modelClasses.get(name);

/** Whether an object is of a built-in class of models, not of a class of the user that extends one. */
export function isBuiltInModel(layer: object): boolean {
  return [...modelClasses.values()].some(({ prototype }) => prototype === Object.getPrototypeOf(layer));
}
