import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** The files of src/ that run in Node alone. */
const nodeOnly = ['src/cli/**', 'src/**/*-node.ts'];

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: a class is found by the name that Keras gives it.',
};

const reExportsOnly = {
  selector: 'Program > :not(ExportAllDeclaration, ExportNamedDeclaration), ExportNamedDeclaration > .declaration',
  message: "A room's index.ts only re-exports: write `export { … } from` or `export * from`.",
};

const restrict = (names, message) => names.map((name) => ({ name, message }));

export default defineConfig(
  globalIgnores([
    '**/dist/',
    'bench/evenkeel.bundle.mjs',
    'coverage/',
    // Files of users, which npm run test:pack compiles.
    'templates/',
    'api/',
    'site/pages/',
    'test/support/typed-programs/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // Record<never, never> is the type of a primitive that has no attributes.
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      // It overflows the stack on types that contain themselves, such as the trees of several inputs.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // The engine's interface is asynchronous, and some of what satisfies it has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-syntax': ['error', noDefaultExport],
    },
  },
  {
    files: ['src/index.ts', 'src/*/*/index.ts'],
    rules: { 'no-restricted-syntax': ['error', noDefaultExport, reExportsOnly] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: nodeOnly,
    rules: {
      'no-restricted-globals': [
        'error',
        ...restrict(
          [
            'process',
            'Buffer',
            'global',
            'require',
            'module',
            '__dirname',
            '__filename',
            'setImmediate',
            'clearImmediate',
          ],
          'This file also runs in browsers: what needs Node belongs in src/cli, src/compiler/runtime/ort/ort-node.ts or src/core/terminal/terminal-node.ts.',
        ),
        ...restrict(
          ['name', 'event', 'self', 'close', 'origin', 'location', 'postMessage', 'onmessage'],
          "This is a worker's global, surely a variable that was meant to be declared.",
        ),
      ],
    },
  },
  { files: ['src/cli/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'examples/**/*.ts', 'labs/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'vitest', importNames: ['it'], message: 'One verb: a test is written with `test`.' }] },
      ],
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        ...Object.fromEntries(
          ['console', 'performance', 'process', 'require', 'URL'].map((name) => [name, 'readonly']),
        ),
        module: 'writable',
      },
    },
  },
);
