/**
 * Names of arguments in Keras 1, tf.keras and other libraries, with those that replaced them; the first one that a class
 * has is suggested. Names in snake_case, and in other case, need no entry.
 */
const FORMER_NAMES: Readonly<Record<string, readonly string[]>> = {
  lr: ['learningRate', 'minLr'],
  learningrate: ['learningRate', 'initialLearningRate'],
  nbEpoch: ['epochs'],
  nbFilter: ['filters'],
  nbRow: ['kernelSize'],
  nbCol: ['kernelSize'],
  filterLength: ['kernelSize'],
  kernel: ['kernelSize'],
  subsample: ['strides'],
  subsampleLength: ['strides'],
  stride: ['strides'],
  poolLength: ['poolSize'],
  borderMode: ['padding'],
  dimOrdering: ['dataFormat'],
  atrousRate: ['dilationRate'],
  bias: ['useBias'],
  init: ['kernelInitializer', 'embeddingsInitializer', 'depthwiseInitializer', 'alphaInitializer'],
  kernelInit: ['kernelInitializer'],
  biasInit: ['biasInitializer'],
  betaInit: ['betaInitializer'],
  gammaInit: ['gammaInitializer'],
  WRegularizer: ['kernelRegularizer', 'embeddingsRegularizer'],
  bRegularizer: ['biasRegularizer'],
  WConstraint: ['kernelConstraint', 'embeddingsConstraint'],
  bConstraint: ['biasConstraint'],
  outputDim: ['units'],
  outDim: ['units', 'outputDim'],
  batchInputShape: ['batchShape'],
  inputShape: ['shape'],
  inputDtype: ['dtype'],
  p: ['rate'],
  dropout: ['rate'],
  sigma: ['stddev'],
  theta: ['threshold'],
  alpha: ['negativeSlope'],
  concatAxis: ['axis'],
  dim: ['axis'],
  eps: ['epsilon'],
  length: ['size'],
  m: ['maxValue'],
  max: ['maxValue', 'maxval'],
  min: ['minValue', 'minval'],
  period: ['saveFreq'],
  maxlr: ['learningRate'],
  beta_1: ['beta1'],
  beta_2: ['beta2'],
  showAccuracy: ['metrics'],
  classMode: ['loss'],
  samplesPerEpoch: ['stepsPerEpoch'],
  nbValSamples: ['validationSteps'],
  valSamples: ['validationSteps'],
  validationBatch: ['validationBatchSize'],
  callback: ['callbacks'],
};

/** Options of former versions without a replacement of another name, with the way to do the same. */
const FORMER_OPTIONS: Readonly<Record<string, string>> = {
  decay: 'Pass a schedule as learningRate, such as new optimizers.schedules.InverseTimeDecay(0.01, 1000, 0.5).',
  workers: 'Iterables are read in sequence: remove it.',
  useMultiprocessing: 'Iterables are read in sequence: remove it.',
  maxQueueSize: 'Iterables are read in sequence: remove it.',
  returnDict: 'The result is always a record: remove it.',
  inputLength: 'The length follows from the input: remove it.',
};

const camelCase = (name: string): string =>
  name.replaceAll(/_([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The name among `allowed` that replaced a former one, or that differs in case or underscores alone; null if none does. */
export function currentName(name: string, allowed: readonly string[]): string | null {
  const written = camelCase(name);
  const replaced = [name, written].flatMap((each) =>
    Object.hasOwn(FORMER_NAMES, each) ? (FORMER_NAMES[each] ?? []) : [],
  );
  const plain = (each: string): string => each.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const same = allowed.find((each) => plain(each) === plain(name) && each !== name);
  return same ?? replaced.find((each) => allowed.includes(each)) ?? null;
}

/** The advice for a former option that nothing of another name replaced; null for other names. */
export function adviceFor(name: string): string | null {
  const found = [name, camelCase(name)].find((each) => Object.hasOwn(FORMER_OPTIONS, each));
  return found === undefined ? null : (FORMER_OPTIONS[found] ?? null);
}
