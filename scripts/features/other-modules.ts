/** What Keras exports besides the sections of the page, with what stands for it here, or the reason why nothing does. */
export const otherModules: readonly (readonly [names: readonly string[], reason: string])[] = [
  [
    ['keras.backend', 'keras.config'],
    'settings are arguments here: `dtype`, `setDtypePolicy`, `dataFormat` and `epsilon`; the others concern Python',
  ],
  [['keras.datasets'], 'arrays of Python; `utils.getFile` downloads files'],
  [['keras.distillation'], 'not implemented'],
  [
    ['keras.distribution'],
    '`initialize`, `DataParallel` and `setDistribution`; a process has one device, so that nothing is laid out over several',
  ],
  [['keras.dtype_policies'], '`DTypePolicy` and `setDtypePolicy`; policies of quantized computation are not supported'],
  [['keras.export'], '`model.export` writes ONNX; `ExportArchive` is for files of TensorFlow'],
  [
    ['keras.Function', 'keras.StatelessScope', 'keras.SymbolicScope', 'keras.name_scope'],
    'parts of the backends of Keras; `jit` compiles functions',
  ],
  [['keras.preprocessing'], 'in `utils`'],
  [['keras.quantizers'], 'layers are not quantized; files of quantized models are read'],
  [['keras.remat', 'keras.RematScope'], 'values of the forward pass are kept, not computed again'],
  [
    ['keras.saving'],
    '`model.save`, `saveWeights`, `loadWeights` and `loadModel`, `customObjectScope` in `utils`; `KerasFileEditor` is not implemented',
  ],
  [['keras.tree.lists_to_tuples'], 'JavaScript has no tuples'],
  [
    ['keras.utils.Config', 'keras.utils.Progbar', 'keras.utils.Sequence'],
    'tools of Python; `Sequence` is the former name of `PyDataset`',
  ],
  [['keras.visualization'], 'draws with matplotlib; `evenkeel/plots` has charts'],
  [['keras.wrappers'], 'for scikit-learn'],
];
