import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import type { TestProjectInlineConfiguration, ViteUserConfig } from 'vitest/config';

const src = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url));

interface ProjectOptions {
  readonly exclude?: string[];
  readonly alias?: { find: RegExp; replacement: string }[];
  /** Whether each file has a process of its own. @default true */
  readonly isolate?: boolean;
}

/** The package's own names lead to its sources; `engine` is the file that stands for `#ort`. */
function project(
  name: string,
  engine: 'ort-node' | 'ort-web',
  include: string | string[],
  { exclude = [], alias = [], isolate = true }: ProjectOptions = {},
): TestProjectInlineConfiguration {
  return {
    extends: true,
    resolve: {
      alias: [
        ...alias,
        { find: /^#files$/, replacement: src('formats/files/files-node.ts') },
        { find: /^#mpi$/, replacement: src('keras/distribution/mpi/mpi-node.ts') },
        { find: /^#ort$/, replacement: src(`compiler/runtime/ort/${engine}.ts`) },
        { find: /^#graphics$/, replacement: src('formats/graphics/renderer-node.ts') },
        { find: /^#terminal$/, replacement: src('core/terminal/terminal-node.ts') },
        { find: /^evenkeel$/, replacement: src('index.ts') },
        { find: /^evenkeel\/(normalization|plots)$/, replacement: src('tools/$1/index.ts') },
        { find: /^evenkeel\/([a-z-]+)$/, replacement: src('keras/$1/index.ts') },
      ],
    },
    test: { name, include: [include].flat(), exclude, isolate },
  };
}

/** Tests that replace modules: they must not find them imported. */
const mocking = [
  'test/unit/compiler/lowering/legalize/workloads.test.ts',
  'test/unit/tools/plots/plots.test.ts',
  'test/engine/compiler/lowering/half-precision.test.ts',
  'test/engine/compiler/lowering/webgpu-lowering.test.ts',
  'test/engine/compiler/runtime/c-api.test.ts',
];

/** Examples run in tests with the numbers in their comments `quick: …`, which are smaller. */
const quickExamples: Plugin = {
  name: 'quick-examples',
  enforce: 'pre',
  transform: (code, id) =>
    /\/examples\/[^/]*\.ts$/.test(id) ? code.replaceAll(/= [^;\n]+; \/\/ quick: (.*)$/gm, '= $1;') : null,
};

const config: ViteUserConfig = defineConfig({
  plugins: [quickExamples],
  test: {
    // The native engine is an addon: processes keep the thread pools of two workers apart.
    pool: 'forks',
    maxWorkers: 2,
    // The setup file turns the process's warnings into failures; Node need not print them too.
    execArgv: ['--no-warnings'],
    // For what hangs. How long a test takes is not asserted: a machine may do something else.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Projects that differ in their files alone share what is transformed once.
    experimental: { fsModuleCache: true },
    setupFiles: ['test/support/fail-on-console.ts', 'test/support/reset-names.ts'],
    projects: [
      // Everything that needs no engine, wherever it lies: a test in a new folder is never left out unseen.
      // The files of a project that is not isolated share two processes, which import the sources once: most of the time of an
      // isolated file is that import.
      project('unit', 'ort-node', 'test/**/*.test.ts', {
        exclude: [...mocking, 'test/engine/**', 'test/wasm/**', 'test/webgpu/**', 'test/browser/**', 'test/mpi/**'],
        isolate: false,
      }),
      project('mocking', 'ort-node', mocking),
      project('engine', 'ort-node', 'test/engine/**/*.test.ts', { exclude: mocking, isolate: false }),
      // Golden numbers and forms again, on the native engine as if it had no blocked operators.
      project(
        'plain',
        'ort-node',
        [
          'test/engine/precision.test.ts',
          'test/engine/compiler/lowering/*-forms.test.ts',
          'test/engine/keras/layers/*.test.ts',
          'test/engine/keras/trainers/{fit-golden,training-golden,resnet20,free-sizes}.test.ts',
        ],
        {
          alias: [
            {
              find: /^\.\/blocked-channels\.ts$/,
              replacement: fileURLToPath(new URL('test/support/no-blocks.ts', import.meta.url)),
            },
          ],
        },
      ),
      project('wasm', 'ort-web', 'test/wasm/**/*.test.ts'),
      project('webgpu', 'ort-node', 'test/webgpu/**/*.test.ts'),
      // Several processes, which mpirun starts.
      project('mpi', 'ort-node', 'test/mpi/**/*.test.ts'),
      // Pages in Chromium, compared with numbers that are computed here.
      project('browser', 'ort-node', 'test/browser/**/*.test.ts'),
    ],
  },
});

export default config;
