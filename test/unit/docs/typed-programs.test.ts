import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = join(root, 'test/support/typed-programs');
const names = readdirSync(folder);

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
  program = ts.createProgram(
    names.map((name) => join(folder, name)),
    options,
  );
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
