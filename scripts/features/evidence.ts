/**
 * The tests of a run that count for each class and function of Keras.
 *
 * A test counts for a feature if it passed, its file reads golden data, its title contains the feature's name, and the
 * golden data contains that name too. Titles in other words are listed in `sentences`, and the tests of features without
 * golden data in `behaviors`.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Titles, behaviors } from './behavior.ts';
import { type Feature, type Section, camelCase, keyOf } from './inventory.ts';
import type { Evidence } from './table.ts';

/** The part of vitest's JSON report that is read here. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly ancestorTitles: readonly string[];
      readonly title: string;
    }[];
  }[];
}

const GOLDEN = 'test/golden';

/** The sections of Keras that the tests of a folder of test/unit/keras/ or test/engine/keras/ cover. */
const sections: Readonly<Record<string, readonly Section[]>> = {
  activations: ['activations'],
  initializers: ['initializers'],
  regularizers: ['regularizers'],
  constraints: ['constraints'],
  losses: ['losses'],
  metrics: ['metrics'],
  optimizers: ['optimizers', 'schedules'],
  layers: ['layers', 'ops', 'utils'],
  ops: ['ops', 'image'],
  utils: ['utils'],
  applications: ['applications'],
  random: ['random'],
  tree: ['tree'],
  callbacks: ['callbacks'],
  models: ['callbacks', 'ops', 'utils'],
  trainers: ['callbacks', 'ops'],
};

const sectionsOf = (file: string): readonly Section[] =>
  sections[/^test\/\w+\/keras\/([\w-]+)\//.exec(file)?.[1] ?? ''] ?? [];

const WRITTEN = /is written (and read )?as Keras (does|writes) it|^the config of .+ (is that|equals the one) of Keras/;

/** Titles without a feature's name, or with a name that the golden data lacks: file, title, features. */
const sentences: readonly Titles[] = [
  [/layers\/normalization\/batch-normalization\.golden/, /^BatchNormalization is what/, ['layers.BatchNormalization']],
  [/initializers\/stft/, /is that of Keras/, ['initializers.STFT']],
  [/ops\/einsum/, /^einsum .* is that of Keras/, ['ops.einsum']],
  [
    /optimizers\/loss-scale-optimizer/,
    /makes the steps of Keras|has the config of Keras/,
    ['optimizers.LossScaleOptimizer'],
  ],
  [
    /optimizers\/multi-optimizer\.golden/,
    /makes the steps of Keras|is that of Keras/,
    ['optimizers.MultiOptimizer', 'optimizers.OptimizerMap'],
  ],
  [
    /layers\/recurrent\.golden/,
    /RNN of (stacked cells|one cell)/,
    ['RNN', 'StackedRNNCells', 'SimpleRNNCell', 'LSTMCell', 'GRUCell'].map((name) => `layers.${name}`),
  ],
  [/callbacks\/file-callbacks/, /^CSVLogger > a CSV file has the content of Keras/, ['callbacks.CSVLogger']],
  [/callbacks\/tensorboard/, /^TensorBoard > .* writes the events of Keras:/, ['callbacks.TensorBoard']],
  [/trainers\/fit-golden/, /^fit > matches Keras/, ['callbacks.History']],
  [/trainers\/fit-golden/, /^fit > stops early in the same epoch as Keras/, ['callbacks.EarlyStopping']],
  [/trainers\/fit-golden/, /match Keras: reduceLROnPlateau$/, ['callbacks.ReduceLROnPlateau']],
  [/trainers\/fit-golden/, /match Keras: learningRateScheduler$/, ['callbacks.LearningRateScheduler']],
  ...['activations', 'initializers', 'regularizers', 'constraints', 'losses', 'metrics', 'optimizers'].map(
    (section) =>
      [
        new RegExp(`^test/unit/keras/${section}/`),
        WRITTEN,
        ['get', 'serialize', 'deserialize'].map((name) => `${section}.${name}`),
      ] satisfies Titles,
  ),
  [/optimizers\/schedules/, WRITTEN, ['schedules.serialize', 'schedules.deserialize']],
  [/ops\/operations/, /'Absolute' in a config|Keras writes Absolute$/, ['ops.abs']],
  [/losses\/losses/, /> 'CTC' /, ['ops.ctc_loss']],
  [/models\/feature-space/, /^FeatureSpace encodes as Keras does/, ['utils.FeatureSpace']],
  [/layers\/saved-models/, /come back as Keras wrote them/, ['layers.serialize', 'layers.deserialize']],
];

const pascalCase = (name: string): string =>
  name.replaceAll(/(^|_)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
const sameName = (a: string, b: string): boolean =>
  a.replaceAll('_', '').toLowerCase() === b.replaceAll('_', '').toLowerCase();

/** The features of the lines of a table that list a file and one of its titles. */
const listedIn = (table: readonly Titles[], file: string, title: string): readonly string[] =>
  table.filter(([where, what]) => where.test(file) && what.test(title)).flatMap(([, , keys]) => keys);

/** The words that name a feature in titles and golden data. */
function wordsOf({ section, name, aliases = [], kind }: Feature): readonly string[] {
  const names = [name, ...aliases];
  if (kind === 'class' || section === 'activations') return names;
  if (section === 'image' || section === 'applications') return names;
  return section === 'ops'
    ? names.flatMap((each) => [pascalCase(each), `ops > ${each}`, `ops.${camelCase(each)}`])
    : section === 'tree'
      ? names.map(camelCase)
      : [];
}

/** The sources of a test file and of the files under test/ that it imports. */
function textsOf(root: string, file: string, seen = new Map<string, string>()): ReadonlyMap<string, string> {
  if (seen.has(file)) return seen;
  const text = readFileSync(join(root, file), 'utf8');
  seen.set(file, text);
  for (const [, path = ''] of text.matchAll(/from '(\.[^']+\.ts)'/g)) {
    const imported = relative(root, resolve(root, dirname(file), path)).replaceAll('\\', '/');
    if (imported.startsWith('test/')) textsOf(root, imported, seen);
  }
  return seen;
}

/** The text of a file, of which the compressed ones end in .gz. */
const readText = (path: string): string =>
  (path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path)).toString('utf8');

/** The golden data that a test file reads, as one string; empty if it reads none. */
function goldenTextOf(root: string, file: string): string {
  const texts = [...textsOf(root, file).values()].join('\n');
  if (!/(load|parse)Golden/.test(texts)) return '';
  const names = readdirSync(join(root, GOLDEN)).filter((name) => /\.json(\.gz)?$/.test(name));
  return names
    .filter((name) => texts.includes(`'${name.replace(/\.json(\.gz)?$/, '')}'`))
    .map((name) => readText(join(root, GOLDEN, name)))
    .join('\n');
}

/** The features of an inventory that a passing test of this title is evidence for. */
function provenBy(
  title: string,
  features: readonly Feature[],
  golden: ReadonlySet<string>,
  words: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const found = features.filter((feature) =>
    words
      .get(keyOf(feature))!
      .some(
        (word) =>
          new RegExp(`(?<!\\w)${word.replace('.', '\\.')}(?!\\w)`).test(title) &&
          golden.has(word.replace(/^ops( > |\.)/, '')),
      ),
  );
  return found.map(keyOf);
}

/**
 * Feature → test file → number of passed tests, from vitest's JSON report. A function that a class computes with has the
 * evidence of the class; metrics without evidence have that of their losses, and operations that of their activations.
 */
export function evidenceOf(root: string, report: Report, inventory: readonly Feature[]): Evidence {
  const words = new Map(inventory.map((feature) => [keyOf(feature), wordsOf(feature)]));
  const evidence = new Map<string, Map<string, number>>();
  const note = (key: string, file: string): void => {
    const files = evidence.get(key) ?? new Map<string, number>();
    evidence.set(key, files.set(file, (files.get(file) ?? 0) + 1));
  };
  for (const { name, assertionResults } of report.testResults) {
    const file = relative(root, name).replaceAll('\\', '/');
    const text = sectionsOf(file).length === 0 ? '' : goldenTextOf(root, file);
    const golden = new Set([...text.matchAll(/\\?"([A-Za-z0-9_]+)\\?"/g)].map(([, word = '']) => word));
    const features = text === '' ? [] : inventory.filter(({ section }) => sectionsOf(file).includes(section));
    for (const { status, ancestorTitles, title } of assertionResults) {
      if (status !== 'passed') continue;
      const full = [...ancestorTitles, title].join(' > ');
      const listed = [...(text === '' ? [] : listedIn(sentences, file, full)), ...listedIn(behaviors, file, full)];
      const known = listed.filter((key) => words.has(key));
      for (const key of new Set([...provenBy(full, features, golden, words), ...known])) note(key, file);
    }
  }
  return withShared(evidence, inventory);
}

function withShared(
  evidence: ReadonlyMap<string, ReadonlyMap<string, number>>,
  inventory: readonly Feature[],
): Evidence {
  const classes = inventory.filter(({ kind }) => kind === 'class');
  const shared = new Map(evidence);
  for (const section of ['losses', 'metrics', 'layers', 'ops']) {
    for (const feature of inventory.filter((each) => each.section === section && each.kind === 'function')) {
      const own = classes.find((each) => each.section === section && sameName(each.name, feature.name));
      const lent = { metrics: `losses.${feature.name}`, ops: `activations.${feature.name}` }[section] ?? '';
      const files = shared.get(keyOf(feature)) ?? shared.get(own ? keyOf(own) : lent);
      if (files !== undefined) shared.set(keyOf(feature), files);
    }
  }
  const order = new Map(inventory.map((feature, i) => [keyOf(feature), i]));
  const sorted = [...shared].sort(([a], [b]) => order.get(a)! - order.get(b)!);
  return Object.fromEntries(sorted.map(([key, files]) => [key, Object.fromEntries([...files].sort())]));
}

/** The test files that can count for a feature. */
export function countedTests(root: string, folder = 'test'): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.test.ts'))
    .filter(
      (file) =>
        behaviors.some(([where]) => where.test(file)) ||
        (sectionsOf(file).length > 0 && goldenTextOf(root, file) !== ''),
    )
    .sort();
}
