import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';
import { typedCalls } from '../../support/from-tensorflow-js.ts';
import { readmePrograms } from '../../support/readme-programs.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = join(root, 'test/support/typed-programs');
const declarations = `import type { Tensor } from 'evenkeel';
declare global {
  const x: Tensor, y: Tensor, testX: Tensor, testY: Tensor;
  const batches: [Tensor, Tensor][];
}
`;

/** The sources by name: files, and the blocks of README.md with the data that they expect. */
const sources = new Map([
  ...readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
  ['from-tensorflow-js.ts', typedCalls] as const,
  ...readmePrograms.map((code, i) => [`README-${i + 1}.ts`, `${code}\nexport {};\n`] as const),
]);
const names = [...sources.keys()];

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
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    paths: config.compilerOptions.paths,
    pathsBasePath: root,
  };
  const files = new Map([...sources, ['data.ts', declarations]].map(([name, text]) => [join(folder, name!), text!]));
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.getSourceFile = (name, version, ...others) => {
    const text = files.get(name);
    return text === undefined ? getSourceFile(name, version, ...others) : ts.createSourceFile(name, text, version);
  };
  program = ts.createProgram([...files.keys()], options, host);
}, 120_000);

test.each(names)('the program %s compiles with --strict', { timeout: 120_000 }, (name) => {
  const file = program.getSourceFile(join(folder, name))!;
  const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  const host = { getCanonicalFileName: String, getCurrentDirectory: () => root, getNewLine: () => '\n' };
  expect(ts.formatDiagnostics(found, host)).toBe('');
});

test.each(names)('the program %s needs no cast', (name) => {
  const casts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isAsExpression(node) || ts.isNonNullExpression(node)) casts.push(node.getText());
    ts.forEachChild(node, visit);
  };
  visit(program.getSourceFile(join(folder, name))!);
  expect(casts).toEqual([]);
});
