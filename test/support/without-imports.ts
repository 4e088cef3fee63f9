/** A program with its imports from evenkeel as constants, since the body of a function has no imports. */
export function withoutImports(code: string): string {
  // What an import registers, the test has registered.
  const named = code.replaceAll(/^import 'evenkeel\/[a-z]+';$/gm, '');
  return named.replaceAll(
    /^import \{([^}]*)\} from '(evenkeel)(?:\/([a-z]+))?';$/gm,
    (_, names: string, __, room?: string) => {
      const values = names.split(',').filter((name) => !name.trim().startsWith('type '));
      return `const {${values.join(',')}} = evenkeel${room === undefined ? '' : `.${room}`};`;
    },
  );
}
