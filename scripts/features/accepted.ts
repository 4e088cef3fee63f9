import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { type Counterpart, rooms } from './exports.ts';
import { type Feature, camelCase } from './inventory.ts';

const src = (file: string): string => fileURLToPath(new URL(`../../src/${file}`, import.meta.url));

/** One thing that a function or a constructor takes. */
interface Taken {
  readonly name: string;
  /** The default as JSON; null where it is left open, undefined where it is none that can be compared. */
  readonly initial: string | undefined;
}

/** What a function or a constructor takes: by position, and in its options object. */
interface Signature {
  readonly positional: readonly Taken[];
  readonly options: readonly Taken[];
}

/** An argument of Keras's. */
interface Argument {
  readonly name: string;
  readonly required: boolean;
  readonly initial: string | undefined;
}

function readArgument(text: string): Argument {
  const [name = '', ...rest] = text.replace('?', '').split('=');
  const required = rest.length === 0 && !text.endsWith('?');
  return { name, required, initial: rest.length === 0 ? undefined : rest.join('=') };
}

/** Asks the compiler which arguments the exports of src/ take: types are what users are held to. */
export class Signatures {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;

  constructor() {
    const config = ts.getParsedCommandLineOfConfigFile(
      fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
      { noEmit: true },
      { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
    );
    if (config === undefined) throw new Error('tsconfig.json cannot be read');
    const files = ['index.ts', ...Object.values(rooms).map(({ file }) => file)];
    this.#program = ts.createProgram(files.map(src), config.options);
    this.#checker = this.#program.getTypeChecker();
  }

  /** Those of Keras's arguments that are not taken. */
  missing(feature: Feature, counterpart: Counterpart): readonly string[] {
    const signatures = this.#of(counterpart);
    const all = feature.arguments.map(readArgument);
    return all.filter((_, at) => !signatures.some((each) => findTaken(each, all, at) !== null)).map(({ name }) => name);
  }

  /** Those arguments of a function that have another default; the configs of classes tell theirs. */
  otherDefaults(feature: Feature, counterpart: Counterpart): readonly string[] {
    const all = feature.arguments.map(readArgument);
    const names = all.map(({ name }) => name);
    const [signature] = this.#of(counterpart);
    if (feature.kind !== 'function' || signature === undefined) return [];
    return all
      .filter(({ initial }, at) => {
        const own = findTaken(signature, all, at)?.initial;
        return initial !== undefined && own !== undefined && !sameDefault(names[at] ?? '', own, initial);
      })
      .map(({ name }) => name);
  }

  #of({ file, name, member }: Counterpart): readonly Signature[] {
    const source = this.#program.getSourceFile(src(file));
    const module = source === undefined ? undefined : this.#checker.getSymbolAtLocation(source);
    if (source === undefined || module === undefined) throw new Error(`src/${file} is no module`);
    const found = this.#checker.getExportsOfModule(module).find((symbol) => symbol.getName() === name);
    if (found === undefined) throw new Error(`src/${file} does not export ${name}`);
    const type = this.#typeOf(found, source, member);
    if (type === undefined) return [];
    const signatures = [...type.getConstructSignatures(), ...type.getCallSignatures()];
    // The second form of an operation, on symbolic tensors, repeats the first without its names.
    return signatures
      .filter((signature) => signature.getParameters().every((parameter) => parameter.valueDeclaration !== undefined))
      .map((signature) => this.#read(signature, source));
  }

  /** The type of an export, or of a member of the class that it is. */
  #typeOf(exported: ts.Symbol, at: ts.SourceFile, member: string | undefined): ts.Type | undefined {
    const type = this.#checker.getTypeOfSymbolAtLocation(exported, at);
    if (member === undefined) return type;
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
    const instance = this.#checker.getDeclaredTypeOfSymbol(
      isAlias ? this.#checker.getAliasedSymbol(exported) : exported,
    );
    const found = this.#checker.getPropertyOfType(instance, member) ?? this.#checker.getPropertyOfType(type, member);
    return found === undefined ? undefined : this.#checker.getTypeOfSymbolAtLocation(found, at);
  }

  #read(signature: ts.Signature, at: ts.SourceFile): Signature {
    const parameters = signature.getParameters().map((parameter) => ({
      name: parameter.getName(),
      initial: initialOf(parameter),
      options: this.#optionsOf(parameter, at),
    }));
    return {
      positional: parameters.filter(({ options }) => options.length === 0),
      options: parameters.flatMap(({ options }) => options),
    };
  }

  /** The properties of an object of options, all of which may be left out unless its type is named so; none for any other parameter. */
  #optionsOf(parameter: ts.Symbol, at: ts.SourceFile): readonly Taken[] {
    const type = this.#checker.getNonNullableType(this.#checker.getTypeOfSymbolAtLocation(parameter, at));
    if (!type.isIntersection() && (type.flags & ts.TypeFlags.Object) === 0) return [];
    const properties = this.#checker.getPropertiesOfType(type);
    const optional = properties.every((property) => (property.flags & ts.SymbolFlags.Optional) !== 0);
    // The options of a weight include its shape, which is required.
    const isOptions = type.getSymbol()?.getName().endsWith('Options') ?? false;
    if (!optional && !isOptions) return [];
    return properties.map((property) => ({ name: property.getName(), initial: this.#documented(property) }));
  }

  /** The literal that a docstring has as the default. */
  #documented(property: ts.Symbol): string | undefined {
    const tag = property.getJsDocTags(this.#checker).find(({ name }) => name === 'default');
    const text = ts.displayPartsToString(tag?.text ?? []);
    return literal(/^(-?\d[\d.]*(e[+-]?\d+)?|null|true|false|'[^']*')/.exec(text)?.[0]);
  }
}

/** The default that a parameter has in the code. */
function initialOf(parameter: ts.Symbol): string | undefined {
  const declaration = parameter.valueDeclaration;
  if (declaration === undefined || !ts.isParameter(declaration)) return undefined;
  if (declaration.initializer !== undefined) return literal(declaration.initializer.getText());
  return declaration.questionToken === undefined ? undefined : 'null';
}

/** A literal of TypeScript's as JSON. */
function literal(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const json = text.replace(/^'(.*)'$/, '"$1"');
  return /^(-?\d[\d.]*(e[+-]?\d+)?|null|true|false|"[^"]*")$/.test(json) ? json : undefined;
}

/** What None stands for in Keras's functions, by the argument: its configuration, which is fixed here, or nothing. */
const unsaid: Readonly<Record<string, unknown>> = {
  data_format: 'channels_last',
  dtype: 'float32',
  epsilon: 1e-7,
  ragged: false,
  sparse: false,
  step: 1,
};

function sameDefault(name: string, own: string, theirs: string): boolean {
  // Names are made unique, and defaults that say so differ in words alone.
  if (name === 'name') return true;
  const ours: unknown = JSON.parse(own);
  const keras: unknown = JSON.parse(theirs);
  return ours === keras || (keras === null && ours === unsaid[name]);
}

/**
 * Where an argument of Keras's is taken: by its name; or by place where it has another name here, as `x1` has in `a + b`,
 * and as many are given by place as Keras has.
 */
function findTaken({ positional, options }: Signature, all: readonly Argument[], at: number): Taken | null {
  const names = all.map(({ name }) => camelCase(name));
  const named = [...options, ...positional].find(({ name }) => name === names[at]);
  if (named !== undefined) return named;
  const here = positional[at];
  const fits = all[at]?.required === true || positional.length === all.length;
  return here !== undefined && !names.includes(here.name) && fits ? here : null;
}
