/**
 * Which room may import which. A room is a folder of src/, and may always import itself; npm packages are another matter
 * (below). Imports of types count like any other.
 */
const vocabulary = ['activations', 'initializers', 'regularizers', 'constraints'];
const belowModels = [
  ...['core', 'runtime', 'graph', 'ops', 'autodiff', 'passes', 'lowering', 'program', 'saving', 'layers', 'utils'],
  ...['operations', 'losses', 'metrics', 'optimizers'],
  ...vocabulary,
];

const mayImport = {
  core: [],
  onnx: ['core'],
  runtime: ['core'],
  graph: ['core'],
  ops: ['core', 'graph'],
  reference: ['core', 'graph'],
  autodiff: ['core', 'graph', 'ops'],
  passes: ['core', 'graph'],
  lowering: ['core', 'graph', 'onnx', 'runtime'],
  // What runs: it knows the order of the stages. Below layers, because a layer that is given arrays runs at once.
  program: ['core', 'graph', 'ops', 'autodiff', 'passes', 'lowering', 'runtime'],
  ...Object.fromEntries(vocabulary.map((room) => [room, ['core', 'graph', 'ops']])),
  losses: ['core', 'graph', 'ops'],
  metrics: ['core', 'graph', 'ops', 'losses'],
  optimizers: ['core', 'graph', 'ops'],
  utils: ['core', 'graph', 'ops'],
  layers: ['core', 'graph', 'ops', 'program', ...vocabulary],
  // Functions of ops that take symbolic tensors too, as Keras's Operation.
  operations: ['core', 'graph', 'ops', 'activations', 'layers'],
  saving: ['core'],
  models: [...belowModels, 'onnx', 'normalization'],
  // It checks what it made, by the oracle.
  normalization: [...belowModels, 'models', 'reference'],
  // Tools for whoever writes layers: the one place beside the tests that asks the oracle.
  checks: [...belowModels, 'reference'],
  cli: ['core', 'models', 'layers', 'normalization', 'saving', 'utils'],
};

const rooms = Object.keys(mayImport);

const roomRules = Object.entries(mayImport).map(([room, others]) => ({
  name: `room-${room}`,
  comment: `src/${room}/ may import ${others.length === 0 ? 'no other room' : others.join(', ')}.`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...others].join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'unknown-room',
      comment: 'A new folder of src/ needs a line in the table above; the one file beside the folders is index.ts.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(index\\.ts$|(${rooms.join('|')})/)` },
      to: {},
    },
    {
      name: 'no-cycle',
      comment: 'No two files import each other, not even by way of others, not even for types.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'outside-src',
      comment: 'What is published imports nothing that is not.',
      severity: 'error',
      from: { path: '^src/' },
      to: { pathNot: '^(src/|node_modules/)', dependencyTypesNot: ['core'] },
    },
    {
      name: 'node-only-where-node-runs',
      comment: 'Everything else also runs in browsers.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot:
          '^src/(cli/|runtime/ort/ort-node\\.ts$|models/terminal/terminal-node\\.ts$|saving/files/[a-z]+-node\\.ts$)',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'engine-behind-runtime',
      comment: 'Only src/runtime/ort/ knows which engine runs.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/runtime/ort/' },
      to: { path: 'node_modules/onnxruntime-' },
    },
    {
      name: 'protobuf-behind-onnx',
      comment: 'Only src/onnx/ knows how ONNX is written down.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/onnx/' },
      to: { path: 'node_modules/@bufbuild/' },
    },
    {
      name: 'declared-dependencies',
      comment: 'An import of src/ is a dependency in package.json, and not one for development (but types may be).',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'node', 'import', 'default'],
    },
  },
};
