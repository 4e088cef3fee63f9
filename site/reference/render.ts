import { type DeclarationReflection, ReflectionKind, type SignatureReflection, type SomeType } from 'typedoc';
import type { Exports } from './convert.ts';
import { type Module, type Places } from './places.ts';
import { cell, code, commentOf, firstSentence, textOf } from './text.ts';

/** The declarations of the options of all layers, losses, metrics and optimizers. */
const COMMON = /keras\/(?:layers\/base\/|optimizers\/options|losses\/loss\.|metrics\/metric\.)/;

/** Writes the exports as Markdown. */
export class Renderer {
  readonly #signatures: Exports['signatures'];
  readonly #places: Places;
  readonly #types: ReadonlyMap<string, DeclarationReflection>;

  constructor(signatures: Exports['signatures'], places: Places, modules: readonly Module[]) {
    this.#signatures = signatures;
    this.#places = places;
    this.#types = new Map(modules.flatMap(({ types }) => types.map((each) => [each.name, each] as const)));
  }

  /** The page of a class. */
  class(reflection: DeclarationReflection, module: Module): string {
    const { name } = reflection;
    const own = (reflection.children ?? []).filter(
      (child) => child.inheritedFrom === undefined && !child.kindOf(ReflectionKind.Constructor) && isDocumented(child),
    );
    const parent = reflection.extendedTypes?.map((type) => this.#type(type)).join(', ');
    const constructors =
      reflection.children?.find((child) => child.kindOf(ReflectionKind.Constructor))?.signatures ?? [];
    // Classes of a family have options in common.
    const [named] = /\b\w+Options\b/.exec(constructors.map(signatureText).join(' ')) ?? [];
    const options = module.types.find((type) => type.name === `${name}Options`) ?? this.#types.get(named ?? '');
    const members = (title: string, kind: ReflectionKind, isStatic: boolean): string => {
      const found = own.filter((child) => child.kindOf(kind) && child.flags.isStatic === isStatic);
      return found.length === 0 ? '' : `## ${title}\n\n${found.map((each) => this.#member(each)).join('\n\n')}\n`;
    };
    return [
      `# ${name}`,
      '```ts\n' + importOf(name, module) + '\n```',
      this.#explanation(reflection),
      `## Constructor`,
      constructors.map((signature) => this.#constructorText(name, signature)).join('\n\n'),
      parent === undefined ? '' : `Extends ${parent}.`,
      options === undefined ? '' : `## Options {#options}\n\n${this.#options(options)}`,
      members('Properties', ReflectionKind.Property | ReflectionKind.Accessor, false),
      members('Methods', ReflectionKind.Method, false),
      members('Static members', ReflectionKind.Property | ReflectionKind.Accessor | ReflectionKind.Method, true),
    ]
      .filter((part) => part !== '')
      .join('\n\n');
  }

  /** A function under its own heading, of the second level. */
  function(reflection: DeclarationReflection): string {
    const signatures = this.signaturesOf(reflection);
    const names = new Set(signatures.flatMap((text) => [...text.matchAll(/\b\w+Options\b/g)].map(([found]) => found)));
    const options = [...names].flatMap((name) => {
      const found = this.#types.get(name);
      return found === undefined ? [] : [`**${code(name, this.#places)}**\n\n${this.#options(found)}`];
    });
    return [
      `## ${reflection.name} {#${reflection.name.toLowerCase()}}`,
      signatures.map((text) => code(`${reflection.name}${text}`, this.#places)).join('<br>\n'),
      this.#parameters(reflection.signatures ?? []),
      this.#explanation(reflection),
      ...options,
    ]
      .filter((part) => part !== '')
      .join('\n\n');
  }

  /** A type or constant under its own heading, of the second level. */
  type(reflection: DeclarationReflection): string {
    const { name } = reflection;
    const isInterface = reflection.kindOf(ReflectionKind.Interface);
    const parameters = reflection.typeParameters?.map((each) => each.name).join(', ');
    const shown =
      isInterface || reflection.type === undefined
        ? ''
        : code(
            `${name}${parameters === undefined ? '' : `<${parameters}>`} = ${reflection.type.toString()}`,
            this.#places,
            name,
          );
    return [
      `## ${name} {#${name.toLowerCase()}}`,
      shown,
      this.#explanation(reflection),
      isInterface ? this.#options(reflection) : '',
    ]
      .filter((part) => part !== '')
      .join('\n\n');
  }

  /** A table of exports with their first sentences. */
  list(reflections: readonly DeclarationReflection[]): string {
    const rows = reflections.map((each) => {
      const place = this.#places.of(each) ?? '';
      return `| [\`${each.name}\`](${place}) | ${cell(firstSentence(each, this.#places))} |`;
    });
    return ['| | |', '| --- | --- |', ...rows].join('\n');
  }

  description(reflection: DeclarationReflection): string {
    return textOf(reflection.comment?.summary, this.#places);
  }

  /** The call signatures of a function, without its name. */
  signaturesOf(reflection: DeclarationReflection): readonly string[] {
    const found = this.#signatures.get(reflection)?.map((text) => text.replace(/\) => (?=[^)]*$)/, '): '));
    return found ?? (reflection.signatures ?? []).map(signatureText);
  }

  #type(type: SomeType): string {
    return code(type.toString(), this.#places);
  }

  /** The docstring: description, what is thrown, examples, sources. */
  #explanation(reflection: DeclarationReflection): string {
    const comment = commentOf(reflection);
    const blocks = comment?.blockTags ?? [];
    const tagged = (tag: string): readonly string[] =>
      blocks.filter((block) => block.tag === tag).map((block) => textOf(block.content, this.#places));
    const returns = tagged('@returns');
    return [
      textOf(comment?.summary, this.#places),
      ...returns.map((text) => `**Returns** ${text}`),
      ...tagged('@throws').map((text) => `**Throws** ${text}`),
      ...tagged('@example'),
      tagged('@see').length === 0 ? '' : `**See** ${tagged('@see').map(asLink).join(' · ')}`,
    ]
      .filter((part) => part !== '')
      .join('\n\n');
  }

  #constructorText(name: string, signature: SignatureReflection): string {
    const [first] = signature.parameters ?? [];
    const type = first?.type;
    const isPositional = first?.flags.isRest === true && type?.type === 'reference' && type.name === 'Arguments';
    if (!isPositional)
      return code(`new ${name}${signatureText(signature).replace(/: [^:]*$/, '')}`, this.#places, name);
    const [options, names] = type.typeArguments ?? [];
    const order = [...(names?.toString() ?? '').matchAll(/"(\w+)"/g)].map(([, each = '']) => each);
    const shown = [...order, `options?: ${options?.toString() ?? ''}`].join(', ');
    return `${code(`new ${name}(${shown})`, this.#places, name)}: each argument can be omitted, and be given in the options instead.`;
  }

  #parameters(signatures: readonly SignatureReflection[]): string {
    const found = new Map<string, string>();
    for (const parameter of signatures.flatMap((signature) => signature.parameters ?? [])) {
      const text = textOf(parameter.comment?.summary, this.#places);
      if (text !== '') found.set(parameter.name, text);
    }
    return [...found].map(([name, text]) => `- \`${name}\`: ${text.replaceAll('\n', ' ')}`).join('\n');
  }

  /** The fields of an interface as a table; those that many have in common are folded away. */
  #options(reflection: DeclarationReflection): string {
    const fields = reflection.children ?? [];
    const isCommon = (field: DeclarationReflection): boolean =>
      field.inheritedFrom !== undefined && COMMON.test(field.sources?.[0]?.fileName ?? '');
    const own = fields.filter((field) => !isCommon(field));
    const common = fields.filter(isCommon);
    const table = (rows: readonly DeclarationReflection[]): string =>
      ['| name | type | default | |', '| --- | --- | --- | --- |', ...rows.map((row) => this.#field(row))].join('\n');
    return [
      own.length === 0 ? '' : table(own),
      common.length === 0
        ? ''
        : `<details><summary>${own.length === 0 ? 'Options' : 'More options'}, which others have, too</summary>\n\n${table(common)}\n\n</details>`,
    ]
      .filter((part) => part !== '')
      .join('\n\n');
  }

  #field(field: DeclarationReflection): string {
    const comment = commentOf(field);
    const type = field.type?.toString() ?? field.signatures?.map(signatureText).join('; ') ?? '';
    const given = comment?.blockTags.find(({ tag }) => tag === '@default');
    const value = textOf(given?.content, this.#places).replaceAll(/^```\w*\n|\n```$/g, '');
    const shown = value === '' ? (field.flags.isOptional ? '' : 'required') : code(value, this.#places);
    const name = `\`${field.name}\``;
    return `| ${name} | ${code(type, this.#places)} | ${cell(shown)} | ${cell(textOf(comment?.summary, this.#places))} |`;
  }

  #member(member: DeclarationReflection): string {
    const signatures = member.signatures ?? [];
    const type = member.type ?? member.getSignature?.type;
    const shown =
      signatures.length > 0
        ? signatures.map((signature) => code(`${member.name}${signatureText(signature)}`, this.#places))
        : [code(`${member.name}: ${type?.toString() ?? ''}`, this.#places)];
    return [`### ${member.name}`, shown.join('<br>\n'), this.#parameters(signatures), this.#explanation(member)]
      .filter((part) => part !== '')
      .join('\n\n');
  }
}

function isDocumented(member: DeclarationReflection): boolean {
  const isDeclaration =
    ['className', 'fields', 'positional', 'kerasCall'].includes(member.name) && member.overwrites !== undefined;
  return !isDeclaration && (commentOf(member)?.summary.length ?? 0) > 0;
}

/** `(x: Value, options?: Options): Value` */
function signatureText(signature: SignatureReflection): string {
  const parameters = (signature.parameters ?? []).map(({ name, flags, type, defaultValue }) => {
    const mark = flags.isOptional || defaultValue !== undefined ? '?' : '';
    return `${flags.isRest ? '...' : ''}${name === '__namedParameters' ? 'options' : name}${mark}: ${type?.toString() ?? 'unknown'}`;
  });
  const generics = signature.typeParameters?.map((each) => each.name).join(', ');
  return `${generics === undefined ? '' : `<${generics}>`}(${parameters.join(', ')}): ${signature.type?.toString() ?? 'void'}`;
}

function importOf(name: string, { name: module }: Module): string {
  const [path = '', ...inner] = module.split('.');
  if (inner.length === 0) return `import { ${name} } from '${path}';`;
  return `import { ${inner.join('.')} } from '${path}'; // ${[...inner, name].join('.')}`;
}

/** The bare address of a source, with a short text. */
function asLink(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/^\s*- /, '').replace(/^(https?:\/\/(?:www\.)?(\S+))$/, '[$2]($1)'))
    .join(' · ');
}
