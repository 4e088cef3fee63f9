import { type LayerOptions, normalizationOf } from './normalizations.ts';
import { SEED, type Settings } from './settings.ts';

/** `{ momentum: 0.9, renorm: true }` */
function literal(options: LayerOptions): string {
  const entries = Object.entries(options).map(([key, value]) => `${key}: ${String(value)}`);
  return entries.length === 0 ? '' : `{ ${entries.join(', ')} }`;
}

/** The layer classes that the program imports, in alphabetical order. */
function importedLayers(className: string): string {
  return ['Conv2D', 'Dense', 'Flatten', 'Input', 'MaxPooling2D', className].sort().join(', ');
}

/** Returns a program for evenkeel that trains both networks with the given settings. */
export function evenkeelCode(settings: Settings): string {
  const { className, wraps, options } = normalizationOf(settings);
  const { optimizer, learningRate, batchSize, engine } = settings;
  const convolution = `new Conv2D(32, [3, 3], { activation: 'relu' })`;
  const given = literal(options(settings));
  const second = wraps
    ? [`    normalized ? new ${className}(${convolution}) : ${convolution},`]
    : [`    ${convolution},`, `    ...(normalized ? [new ${className}(${given})] : []),`];
  return [
    `import { Sequential, setEngine, setRandomSeed } from 'evenkeel';`,
    `import { ${importedLayers(className)} } from 'evenkeel/layers';`,
    `import { ${optimizer} } from 'evenkeel/optimizers';`,
    ``,
    `// x: digits of shape [n, 28, 28, 1], from 0 to 1; y: their labels, from 0 to 9.`,
    `export async function compare(x, y) {`,
    `  setEngine('${engine}');`,
    `  const withNormalization = makeNetwork(true);`,
    `  const without = makeNetwork(false);`,
    `  await withNormalization.fit(x, y, { batchSize: ${batchSize}, epochs: 3 });`,
    `  await without.fit(x, y, { batchSize: ${batchSize}, epochs: 3 });`,
    `  return { withNormalization, without };`,
    `}`,
    ``,
    `function makeNetwork(normalized) {`,
    `  setRandomSeed(${SEED}); // the same initial weights for both`,
    `  const model = new Sequential([`,
    `    Input({ shape: [28, 28, 1] }),`,
    `    ${convolution},`,
    ...second,
    `    new MaxPooling2D(),`,
    `    new Flatten(),`,
    `    new Dense(10, { activation: 'softmax' }),`,
    `  ]);`,
    `  model.compile({`,
    `    optimizer: new ${optimizer}({ learningRate: ${learningRate} }),`,
    `    loss: 'sparse_categorical_crossentropy',`,
    `    metrics: ['accuracy'],`,
    `  });`,
    `  return model;`,
    `}`,
    ``,
  ].join('\n');
}

/** `momentum=0.9, synchronized=True` */
function pythonArguments(options: LayerOptions): string {
  return Object.entries(options)
    .map(([key, value]) => `${key}=${typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value)}`)
    .join(', ');
}

/** Returns the same program for Keras in Python; a comment explains what Keras 3 does not have. */
export function kerasCode(settings: Settings): string {
  const { label, keras: found, wraps, options } = normalizationOf(settings);
  if (found === null) return `# ${label} is not among the layers of Keras 3. evenkeel has it.\n`;
  const { optimizer, learningRate, batchSize } = settings;
  const convolution = `layers.Conv2D(32, (3, 3), activation="relu")`;
  const given = pythonArguments({ ...options(settings), ...found.options });
  const second = wraps
    ? [`        layers.${found.className}(${convolution}) if normalized else ${convolution},`]
    : [`        ${convolution},`, `        *([layers.${found.className}(${given})] if normalized else []),`];
  return [
    `import keras`,
    `from keras import layers`,
    ``,
    ``,
    `# x: digits of shape (n, 28, 28, 1), from 0 to 1; y: their labels, from 0 to 9.`,
    `def compare(x, y):`,
    `    with_normalization, without = make_network(True), make_network(False)`,
    `    with_normalization.fit(x, y, batch_size=${batchSize}, epochs=3)`,
    `    without.fit(x, y, batch_size=${batchSize}, epochs=3)`,
    `    return with_normalization, without`,
    ``,
    ``,
    `def make_network(normalized):`,
    `    keras.utils.set_random_seed(${SEED})  # the same initial weights for both`,
    `    model = keras.Sequential([`,
    `        layers.Input((28, 28, 1)),`,
    `        ${convolution},`,
    ...second,
    `        layers.MaxPooling2D(),`,
    `        layers.Flatten(),`,
    `        layers.Dense(10, activation="softmax"),`,
    `    ])`,
    `    model.compile(`,
    `        optimizer=keras.optimizers.${optimizer}(learning_rate=${learningRate}),`,
    `        loss="sparse_categorical_crossentropy",`,
    `        metrics=["accuracy"],`,
    `    )`,
    `    return model`,
    ``,
  ].join('\n');
}
