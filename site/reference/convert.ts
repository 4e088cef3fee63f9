import { join } from 'node:path';
import {
  Application,
  Converter,
  type DeclarationReflection,
  type ProjectReflection,
  ReflectionKind,
  TypeDocReader,
} from 'typedoc';
import ts from 'typescript';
import { root } from '../prepare/places.ts';

/** The exports with their docstrings, as TypeDoc reads them. */
export interface Exports {
  readonly project: ProjectReflection;
  /** The call signatures of constants that are functions, such as those of `evenkeel/ops`. */
  readonly signatures: ReadonlyMap<DeclarationReflection, readonly string[]>;
}

const { NoTruncation, UseAliasDefinedOutsideCurrentScope, WriteArrowStyleSignature } = ts.TypeFormatFlags;
const FORMAT: ts.TypeFormatFlags = NoTruncation | UseAliasDefinedOutsideCurrentScope | WriteArrowStyleSignature;

/** Reads the exports that typedoc.json lists. Throws if a docstring is missing, or has a link to nothing. */
export async function readExports(): Promise<Exports> {
  const app = await Application.bootstrap(
    {
      options: join(root, 'typedoc.json'),
      // The folder of a function's file is its group. The compiler checks the types elsewhere.
      disableSources: false,
      disableGit: true,
      sourceLinkTemplate: '{path}',
      skipErrorChecking: true,
      logLevel: 'Warn',
    },
    [new TypeDocReader()],
  );
  const signatures = new Map<DeclarationReflection, readonly string[]>();
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Variable)) return;
    const symbol = context.getSymbolFromReflection(reflection);
    const [declaration] = symbol?.declarations ?? [];
    if (symbol === undefined || declaration === undefined) return;
    const type = context.checker.getTypeOfSymbolAtLocation(symbol, declaration);
    // The first signature is that for values; the second one, for symbolic tensors, is the same.
    const [first] = type.getCallSignatures();
    if (first === undefined) return;
    const { parameters } = first;
    const shown = context.checker.signatureToString(first, declaration, FORMAT);
    signatures.set(reflection, parameters.length === 0 && shown === '() => void' ? [] : [shown]);
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('TypeDoc could not read the exports');
  app.validate(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error('TypeDoc has found faults in docstrings');
  return { project, signatures };
}
