/**
 * The tests of features without golden data: base classes, callbacks, files, and functions whose few values are written in
 * the test. Each line is a test file, the titles that count, and the features.
 */
export type Titles = readonly [file: RegExp, title: RegExp, features: readonly string[]];

export const behaviors: readonly Titles[] = [
  [/layers\/layer\.test/, /^a layer >/, ['layers.Layer']],
  [/layers\/core\/lambda\.test|saving\/lambda-of-keras-2/, /Lambda/, ['layers.Lambda']],
  [/engine\/keras\/optimizers\/apply/, /./, ['optimizers.Optimizer']],
  [
    /keras\/optimizers\/optimizers\.test/,
    /learning rate may be set|without a gradient|constraints hold/,
    ['optimizers.Optimizer'],
  ],
  [/optimizers\/schedules/, /follows its schedule|^a custom schedule/, ['schedules.LearningRateSchedule']],
  [/losses\/losses/, /^a custom loss|^a function is a loss/, ['losses.Loss']],
  [/metrics\/metrics\.test/, /^a custom metric|^the state is float32/, ['metrics.Metric']],
  [/metrics\/metrics\.test/, /^a function is a metric/, ['metrics.MeanMetricWrapper']],
  [/callbacks\/file-callbacks/, /^(ModelCheckpoint >|callbacks .*: a checkpoint)/, ['callbacks.ModelCheckpoint']],
  [/callbacks\/file-callbacks/, /^(BackupAndRestore >|callbacks .*: a training)/, ['callbacks.BackupAndRestore']],
  [/callbacks\/file-callbacks/, /^RemoteMonitor >/, ['callbacks.RemoteMonitor']],
  [/callbacks\/file-callbacks/, /^SwapEMAWeights >/, ['callbacks.SwapEMAWeights']],
  [/callbacks\/callbacks/, /^TerminateOnNaN >/, ['callbacks.TerminateOnNaN']],
  [/callbacks\/callbacks/, /^CallbackList >/, ['callbacks.CallbackList', 'callbacks.Callback']],
  [/callbacks\/callbacks/, /^progress >/, ['callbacks.ProgbarLogger']],
  [/callbacks\/contract/, / LambdaCallback /, ['callbacks.LambdaCallback']],
  [/trainers\/training\.test/, /^fit > callback hooks/, ['callbacks.LambdaCallback', 'callbacks.Callback']],
  [/models\/cloning/, /clone/, ['models.clone_model']],
  [/saving\/(keras-files|older-files|policies|uncompiled)\.test/, /./, ['models.load_model']],
  [/saving\/model-json/, /^modelFromJson/, ['models.model_from_json']],
  [/engine\/keras\/models\/(subclass|functional)\.test|unit\/keras\/models\/functional/, /./, ['models.Model']],
  [/unit\/keras\/models\/sequential/, /./, ['models.Sequential']],
  [/ops\/convolutions/, /^ops\.convTranspose >/, ['ops.conv_transpose']],
  [
    /ops\/conversion/,
    /./,
    ['is_tensor', 'shape', 'dtype', 'convert_to_numpy', 'empty', 'empty_like', 'view', 'polar'].map(
      (name) => `ops.${name}`,
    ),
  ],
  [/ops\/conversion/, /^view, /, ['ops.view_as_complex', 'ops.view_as_real']],
  [/ops\/image-operations/, /elasticTransform/, ['image.elastic_transform']],
  [/ops\/linalg/, /^eigh >/, ['ops.eigh']],
  [/compiler\/autodiff\/rules/, / customGradient /, ['ops.custom_gradient']],
  ...(
    [
      ['normal', 'normal'],
      ['uniform', 'uniform'],
      ['truncatedNormal', 'truncated_normal'],
      ['randint', 'randint'],
      ['categorical', 'categorical'],
      ['gamma', 'gamma'],
      ['beta', 'beta'],
      ['fewBinomial', 'binomial'],
      ['dropout', 'dropout'],
      ['shuffle', 'shuffle'],
      ['seeds > a SeedGenerator', 'SeedGenerator'],
    ] as const
  ).map(([title, name]) => [/random\/random/, new RegExp(`^${title} `), [`random.${name}`]] satisfies Titles),
  [
    /utils\/symbolic-tensors/,
    /./,
    ['is_keras_tensor', 'get_source_inputs', 'standardize_dtype', 'clear_session'].map((name) => `utils.${name}`),
  ],
  [
    /saving\/custom-object-scope/,
    /./,
    ['custom_object_scope', 'get_custom_objects', 'get_registered_object'].map((name) => `utils.${name}`),
  ],
  [/utils\/model-to-dot/, /^modelToDot writes/, ['utils.model_to_dot']],
  [/utils\/plot-model/, /^plotModel /, ['utils.plot_model']],
  [/utils\/normalize/, /./, ['utils.normalize']],
  [/utils\/get-file/, /^utils\.getFile/, ['utils.get_file']],
  [/utils\/to-categorical/, /./, ['utils.to_categorical']],
  [/core\/core/, /setRandomSeed/, ['utils.set_random_seed']],
  [
    /saving\/object-registration/,
    /^registerKerasSerializable/,
    ['utils.register_keras_serializable', 'utils.get_registered_name'],
  ],
  [/ops\/arguments/, /^.*full, zeros and ones/, ['ops.full']],
  [/initializers\/resolve/, /^a custom class/, ['initializers.Initializer']],
  [/saving\/vocabulary-fields/, /^custom objects/, ['regularizers.Regularizer', 'constraints.Constraint']],
];
