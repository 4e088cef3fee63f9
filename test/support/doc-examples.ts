import ts from 'typescript';
import { expect } from 'vitest';
import { Tensor, Variable } from 'evenkeel';
import { withoutImports } from './without-imports.ts';

/**
 * The code of an example with its claims made explicit: an expression (or a constant) with a value in a comment on the
 * same line, such as `x.shape;  // [2, 2]`, becomes a call of `check(line, expected, actual)`. Comments that are not
 * values are left alone.
 */
export function withChecks(code: string): string {
  const file = ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2023, true);
  const edits: { readonly from: number; readonly to: number; readonly text: string }[] = [];
  for (const statement of file.statements) {
    const expected = claimBehind(code, statement);
    if (expected === null) continue;
    const line = JSON.stringify(code.slice(statement.getStart(), statement.end));
    const check = (actual: string): string => `await check(${line}, (${expected}), ${actual});`;
    if (ts.isExpressionStatement(statement)) {
      const actual = `(${statement.expression.getText()})`;
      edits.push({ from: statement.getStart(), to: statement.end, text: check(actual) });
    } else if (ts.isVariableStatement(statement)) {
      const [declared] = statement.declarationList.declarations;
      if (declared === undefined || !ts.isIdentifier(declared.name)) continue;
      edits.push({ from: statement.end, to: statement.end, text: ` ${check(declared.name.text)}` });
    }
  }
  return edits.reduceRight((text, { from, to, text: put }) => text.slice(0, from) + put + text.slice(to), code);
}

/** The value in the comment behind a statement on its line, as source text. */
function claimBehind(code: string, statement: ts.Statement): string | null {
  const [comment] = ts.getTrailingCommentRanges(code, statement.end) ?? [];
  if (comment?.kind !== ts.SyntaxKind.SingleLineCommentTrivia) return null;
  const text = code.slice(comment.pos + 2, comment.end).trim();
  const parsed = ts.createSourceFile('value.ts', `(${text})`, ts.ScriptTarget.ES2023, true);
  const [only] = parsed.statements;
  const isValue =
    parsed.statements.length === 1 &&
    only !== undefined &&
    ts.isExpressionStatement(only) &&
    ts.isParenthesizedExpression(only.expression) &&
    only.expression.getText() === `(${text})` &&
    isLiteral(only.expression.expression);
  return isValue ? text : null;
}

/** JSON, and what JSON5 adds to it that an example may need: plain keys, single quotes, NaN and infinities. */
function isLiteral(node: ts.Expression): boolean {
  if (ts.isArrayLiteralExpression(node)) return node.elements.every(isLiteral);
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.every((entry) => ts.isPropertyAssignment(entry) && isLiteral(entry.initializer));
  }
  if (ts.isPrefixUnaryExpression(node)) return ts.isNumericLiteral(node.operand) || isInfinity(node.operand);
  const words = [ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword, ts.SyntaxKind.NullKeyword];
  if (ts.isIdentifier(node)) return isInfinity(node) || node.text === 'NaN';
  return ts.isNumericLiteral(node) || ts.isStringLiteral(node) || words.includes(node.kind);
}

function isInfinity(node: ts.Expression): boolean {
  return ts.isIdentifier(node) && node.text === 'Infinity';
}

/** What an example would print: promises resolved, tensors and variables as nested arrays. */
export async function plain(value: unknown): Promise<unknown> {
  const settled = await value;
  if (settled instanceof Tensor) return settled.toArray();
  if (settled instanceof Variable) return settled.value.toArray();
  if (ArrayBuffer.isView(settled)) return Array.from(settled as unknown as ArrayLike<number>);
  if (Array.isArray(settled)) return Promise.all(settled.map(plain));
  if (typeof settled !== 'object' || settled === null) return settled;
  const entries = Object.entries(settled).map(async ([key, entry]) => [key, await plain(entry)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Equal, but for numbers, which may be as far apart as rounding to four digits takes them. */
export function agrees(expected: unknown, actual: unknown): boolean {
  if (typeof expected === 'number' && typeof actual === 'number') {
    if (Object.is(expected, actual) || expected === actual) return true;
    return Math.abs(actual - expected) <= 1e-4 * Math.abs(expected) + 1e-7;
  }
  if (typeof expected !== 'object' || typeof actual !== 'object' || expected === null || actual === null) {
    return expected === actual;
  }
  const [keys, others] = [Object.keys(expected), Object.keys(actual)];
  return (
    Array.isArray(expected) === Array.isArray(actual) &&
    keys.length === others.length &&
    keys.every((key) => agrees((expected as Record<string, unknown>)[key], (actual as Record<string, unknown>)[key]))
  );
}

const AsyncFunction = (async () => undefined).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<unknown>;

/**
 * Runs a program in TypeScript with the names of `scope`, of which `evenkeel` contains what it imports, and fails unless each
 * value in its comments is right. Returns the number of values.
 */
export async function runProgram(program: string, scope: Readonly<Record<string, unknown>>): Promise<number> {
  let checks = 0;
  const check = async (line: string, expected: unknown, actual: unknown): Promise<void> => {
    checks++;
    const found = await plain(actual);
    if (!agrees(expected, found))
      expect.fail(`${line}\n  says ${JSON.stringify(expected)}\n  gives ${JSON.stringify(found)}`);
  };
  const names = { ...scope, check };
  const { outputText } = ts.transpileModule(withChecks(withoutImports(program).replaceAll(/^export /gm, '')), {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
  });
  await new AsyncFunction(...Object.keys(names), outputText)(...Object.values(names));
  return checks;
}

/** The number of comments behind statements that begin as a value does. */
export const claimsOf = (program: string): number =>
  program.match(/; \/\/ (?:[[{'"\d]|-\d|(?:true|false|null|NaN|-?Infinity)\b)/g)?.length ?? 0;
