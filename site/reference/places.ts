import { type DeclarationReflection, type ProjectReflection, type Reflection, ReflectionKind } from 'typedoc';

/** A module of the package, with what it exports. */
export interface Module {
  /** `evenkeel/layers` */
  readonly name: string;
  /** The folder of its pages: `api/layers`. */
  readonly folder: string;
  readonly reflection: DeclarationReflection;
  readonly classes: readonly DeclarationReflection[];
  readonly functions: readonly DeclarationReflection[];
  readonly constants: readonly DeclarationReflection[];
  readonly types: readonly DeclarationReflection[];
}

const byName = (a: DeclarationReflection, b: DeclarationReflection): number =>
  a.name.toLowerCase().localeCompare(b.name.toLowerCase());

/** The modules, those that are properties of others (`ops.image`) included. */
export function modulesOf(
  project: ProjectReflection,
  isFunction: (each: DeclarationReflection) => boolean,
): readonly Module[] {
  const modules: Module[] = [];
  const entryPoints = new Set((project.children ?? []).map(({ name }) => name.replace(/^.*\//, '')));
  const visit = (reflection: DeclarationReflection, name: string): void => {
    const children = (reflection.children ?? []).filter((child) => !child.isReference());
    const of = (kind: ReflectionKind): DeclarationReflection[] =>
      children.filter((child) => child.kindOf(kind)).sort(byName);
    const variables = of(ReflectionKind.Variable);
    modules.push({
      name,
      folder: `api/${name === 'evenkeel' ? 'evenkeel' : name.replace('evenkeel/', '')}`,
      reflection,
      classes: of(ReflectionKind.Class),
      functions: [...of(ReflectionKind.Function), ...variables.filter(isFunction)].sort(byName),
      constants: variables.filter((each) => !isFunction(each)),
      types: of(ReflectionKind.Interface | ReflectionKind.TypeAlias),
    });
    for (const child of of(ReflectionKind.Namespace)) {
      // Modules that are entry points of their own, too, are among the project's children.
      if (!entryPoints.has(child.name)) visit(child, `${name}.${child.name}`);
    }
  };
  for (const module of project.children ?? []) visit(module, module.name.replace(/^keras\//, 'evenkeel/'));
  return modules;
}

/** The group of a function of `evenkeel/ops`: the folder of its file, which is Keras's module. */
export function groupOf(reflection: DeclarationReflection): string {
  const file = reflection.sources?.[0]?.fileName ?? '';
  return /keras\/ops\/([a-z]+)\//.exec(file)?.[1] ?? 'other';
}

/** The pages that explain the exports, for links. */
export class Places {
  readonly #places = new Map<Reflection, string>();
  readonly #names = new Map<string, string>();

  constructor(modules: readonly Module[]) {
    for (const module of modules) {
      const classes = new Set(module.classes.map(({ name }) => name));
      for (const each of module.classes) this.#put(each, `${module.folder}/${each.name}`);
      for (const each of module.functions) this.#put(each, `${functionsPage(module, each)}#${anchor(each.name)}`);
      for (const each of [...module.constants, ...module.types]) {
        const owner = each.name.replace(/Options$/, '');
        const isOptions = owner !== each.name && classes.has(owner);
        this.#put(
          each,
          isOptions ? `${module.folder}/${owner}#options` : `${module.folder}/types#${anchor(each.name)}`,
        );
      }
    }
  }

  #put(reflection: DeclarationReflection, place: string): void {
    this.#places.set(reflection, `/${place}`);
    if (!this.#names.has(reflection.name)) this.#names.set(reflection.name, `/${place}`);
  }

  /** The address of an export, or of the export that a member belongs to. */
  of(reflection: Reflection | undefined): string | undefined {
    for (let each = reflection; each !== undefined; each = each.parent) {
      const found = this.#places.get(each.isReference() ? each.getTargetReflectionDeep() : each);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  ofName(name: string): string | undefined {
    return this.#names.get(name);
  }
}

/** The page of a function: one for each group of `evenkeel/ops`, and one in other modules. */
export function functionsPage(module: Module, reflection: DeclarationReflection): string {
  return module.name === 'evenkeel/ops' ? `${module.folder}/${groupOf(reflection)}` : `${module.folder}/functions`;
}

/** The anchor of an export; as the slug of its heading. */
export function anchor(name: string): string {
  return name.toLowerCase();
}
