const mayImport = require('./.dependency-cruiser.rooms.cjs');

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
      comment:
        'A new room needs a line in .dependency-cruiser.rooms.cjs; the only file outside the rooms is src/index.ts.',
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
      name: 'no-folder-cycle',
      comment: 'No two folders import each other, not even by way of others.',
      severity: 'error',
      scope: 'folder',
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
          '^src/(cli/|compiler/runtime/ort/(c-api/)?[a-z-]+-node\\.ts$|core/terminal/terminal-node\\.ts$|keras/distribution/mpi/[a-z]+-node\\.ts$|formats/(files|graphics)/[a-z]+-node\\.ts$)',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'engine-behind-runtime',
      comment: 'Only src/compiler/runtime/ort/ knows which engine runs.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/compiler/runtime/ort/' },
      to: { path: 'node_modules/onnxruntime-' },
    },
    {
      name: 'protobuf-behind-formats',
      comment: 'Only src/compiler/onnx/ and src/formats/tensorboard/ know how their messages are written down.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(compiler/onnx|formats/tensorboard)/' },
      to: { path: 'node_modules/@bufbuild/' },
    },
    {
      name: 'declared-dependencies',
      comment:
        'An import of src/ is a dependency in package.json, and not one for development alone (but types may be).',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only', 'npm-peer'],
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
    preserveSymlinks: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'node', 'import', 'default'],
    },
  },
};
