import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';
import { root } from '../../support/docs/markdown.ts';
import { declarationsOf, programs } from '../../support/docs/programs.ts';
import { typedCalls } from '../../support/from-tensorflow-js.ts';

const folder = join(root, 'test/support/typed-programs');

interface Source {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** The first line of a page is its heading: the declarations take its place, and code keeps the lines of the page. */
const onPages: readonly Source[] = programs.map(({ name, page, file, code }) => ({
  name,
  path: join(folder, 'pages', page, file),
  text: `${declarationsOf(page)} export {};${code}`,
}));

const sources: readonly Source[] = [
  ...readdirSync(folder).map((name) => ({
    name,
    path: join(folder, name),
    text: readFileSync(join(folder, name), 'utf8'),
  })),
  { name: 'from-tensorflow-js.ts', path: join(folder, 'from-tensorflow-js.ts'), text: typedCalls },
  ...onPages,
];

/** Parameters without a type, which JavaScript cannot declare. */
const UNTYPED_PARAMETERS = [7006, 7019, 7031];

let program: ts.Program;

// The programs of users are compiled with `strict` alone: the other options of tsconfig.base.json are not theirs.
beforeAll(() => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile.bind(ts.sys)) as {
    readonly config: { readonly compilerOptions: { readonly paths: ts.MapLike<string[]> } };
  };
  const options: ts.CompilerOptions = {
    strict: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.asynciterable.d.ts'],
    types: ['node'],
    allowJs: true,
    checkJs: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    paths: config.compilerOptions.paths,
    pathsBasePath: root,
  };
  const files = new Map(sources.map(({ path, text }) => [path, text]));
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  const directoryExists = host.directoryExists!.bind(host);
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.directoryExists = (name) => name.startsWith(join(folder, 'pages')) || directoryExists(name);
  host.getSourceFile = (name, version, ...others) => {
    const text = files.get(name);
    return text === undefined ? getSourceFile(name, version, ...others) : ts.createSourceFile(name, text, version);
  };
  program = ts.createProgram([...files.keys()], options, host);
}, 120_000);

test.each(sources)('the program $name compiles with --strict', { timeout: 120_000 }, ({ path }) => {
  const file = program.getSourceFile(path)!;
  const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].filter(
    ({ code }) => !/\.m?js$/.test(path) || !UNTYPED_PARAMETERS.includes(code),
  );
  const host = { getCanonicalFileName: String, getCurrentDirectory: () => root, getNewLine: () => '\n' };
  expect(ts.formatDiagnostics(found, host)).toBe('');
});

test.each(sources)('the program $name needs no cast', ({ path }) => {
  const casts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isAsExpression(node) || ts.isNonNullExpression(node)) casts.push(node.getText());
    ts.forEachChild(node, visit);
  };
  visit(program.getSourceFile(path)!);
  expect(casts).toEqual([]);
});
