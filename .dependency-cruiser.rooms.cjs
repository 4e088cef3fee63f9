/**
 * The wings and rooms of src/, and the rooms that each may import. A wing is a folder of src/; a room is a folder of a
 * wing, or a wing that is not divided. A room may import itself. CONTRIBUTING.md shows this table, and a test compares them.
 */
const identifiers = ['keras/activations', 'keras/initializers', 'keras/regularizers', 'keras/constraints'];
const bytes = ['formats/arrays', 'formats/deflate', 'formats/json'];
const compilers = ['core', 'compiler/ir', 'compiler/graph', 'compiler/builder'];
const graphs = [...compilers, 'keras/ops'];

module.exports = {
  core: [],
  'compiler/onnx': ['core'],
  'compiler/runtime': ['core', 'compiler/onnx'],
  'compiler/ir': ['core'],
  'compiler/graph': ['core', 'compiler/ir'],
  'compiler/builder': ['core', 'compiler/ir', 'compiler/graph'],
  'compiler/passes': ['core', 'compiler/ir', 'compiler/graph', 'compiler/reference'],
  'compiler/reference': ['core', 'compiler/ir', 'compiler/graph'],
  'compiler/autodiff': compilers,
  'compiler/lowering': ['core', 'compiler/ir', 'compiler/graph', 'compiler/onnx', 'compiler/runtime'],
  'compiler/program': [...compilers, 'compiler/autodiff', 'compiler/passes', 'compiler/lowering', 'compiler/runtime'],
  'formats/arrays': ['core'],
  'formats/deflate': [],
  'formats/json': ['core'],
  'formats/files': ['core'],
  'formats/images': ['core'],
  'formats/audio': ['core'],
  'formats/graphics': ['core'],
  'formats/npy': ['core', ...bytes],
  'formats/safetensors': ['core', ...bytes],
  'formats/checksums': [],
  'formats/zip': ['core', 'formats/checksums', ...bytes],
  'formats/tensorboard': ['formats/checksums', 'formats/files'],
  'formats/hdf5': ['core', ...bytes],
  // ops.jvp is made of gradients.
  'keras/ops': [...compilers, 'compiler/autodiff'],
  'keras/distribution': ['core'],
  'keras/saving': [...['core', ...bytes, 'formats/files', 'formats/hdf5', 'formats/safetensors', 'formats/zip']],
  ...Object.fromEntries(identifiers.map((room) => [room, [...graphs, 'keras/saving']])),
  'keras/losses': [...graphs, 'keras/saving'],
  'keras/metrics': [...graphs, 'keras/losses', 'keras/saving'],
  // An optimizer that is applied to arrays runs at once.
  'keras/optimizers': [...graphs, 'compiler/program', 'keras/saving'],
  'keras/random': graphs,
  'keras/tree': ['core'],
  'keras/data': ['core', 'formats/files'],
  'keras/utils': [
    'formats/audio',
    ...['core', 'compiler/ir', 'compiler/builder', 'compiler/program', 'formats/checksums', 'formats/files'],
    ...['formats/images', 'formats/zip', 'keras/data', 'keras/layers', 'keras/models', 'keras/ops', 'keras/saving'],
    'formats/graphics',
    ...['keras/losses', 'keras/metrics', 'keras/optimizers', ...identifiers],
  ],
  'keras/applications': [
    ...['core', 'compiler/ir', 'formats/files'],
    ...['keras/activations', 'keras/layers', 'keras/models', 'keras/ops', 'keras/saving', 'keras/utils'],
  ],
  'keras/hub': [
    ...['core', 'compiler/ir', 'compiler/builder'],
    ...['keras/activations', 'keras/initializers', 'keras/layers', 'keras/ops', 'keras/saving'],
  ],
  // A layer that is called on arrays runs at once, so layers are above the compiler.
  'keras/layers': [...graphs, 'compiler/program', 'keras/saving', ...identifiers],
  'keras/callbacks': [
    ...['core', 'compiler/ir', 'compiler/graph', 'formats/files', 'formats/images', 'formats/tensorboard'],
    ...['keras/layers', 'keras/optimizers', 'keras/saving'],
  ],
  'keras/trainers': [
    ...[...graphs, 'compiler/autodiff', 'compiler/program'],
    ...['keras/saving', 'keras/layers', 'keras/losses', 'keras/metrics', 'keras/optimizers', 'keras/callbacks'],
    'keras/data',
  ],
  'keras/export': [
    ...[...graphs, 'compiler/onnx', 'compiler/passes', 'compiler/lowering', 'compiler/program'],
    'formats/files',
    'keras/layers',
  ],
  'keras/models': [
    ...[...graphs, 'compiler/program', 'formats/files'],
    ...['keras/saving', 'keras/activations', 'keras/layers', 'keras/metrics', 'keras/optimizers', 'keras/callbacks'],
    ...['keras/trainers', 'keras/export'],
  ],
  'tools/testing': [...graphs, 'compiler/autodiff', 'compiler/program', 'compiler/reference', 'keras/layers'],
  'tools/normalization': [
    ...[...graphs, 'compiler/autodiff', 'compiler/program', 'compiler/reference', 'formats/files', 'keras/saving'],
    ...['keras/activations', 'keras/initializers', 'keras/layers', 'keras/callbacks', 'keras/trainers', 'keras/models'],
    ...['formats/tensorboard', 'tools/plots'],
  ],
  'tools/plots': ['core', 'formats/graphics'],
  'tools/pytorch': [
    ...[...graphs, 'formats/arrays', 'formats/safetensors'],
    ...['keras/saving', 'keras/layers', 'keras/models'],
  ],
  cli: [
    ...['core', 'formats/arrays', 'formats/files', 'formats/images', 'formats/npy'],
    ...['keras/callbacks', 'keras/export', 'keras/layers', 'keras/models', 'keras/saving', 'tools/normalization'],
  ],
};
