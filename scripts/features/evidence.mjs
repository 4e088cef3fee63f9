/**
 * Which of Keras's classes and functions the tests of a run hold to Keras's numbers.
 *
 * A test counts for a feature if it passed, its file reads golden data, its title has the feature's name, and the golden
 * data has that name too. Titles that say it in other words are listed in `sentences`.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

const GOLDEN = 'test/golden';

/** The sections of Keras whose features the tests of a folder are about. */
const sections = [
  [/^test\/\w+\/activations\//, ['activations']],
  [/^test\/\w+\/initializers\//, ['initializers']],
  [/^test\/\w+\/regularizers\//, ['regularizers']],
  [/^test\/\w+\/constraints\//, ['constraints']],
  [/^test\/\w+\/losses\//, ['losses']],
  [/^test\/\w+\/metrics\//, ['metrics']],
  [/^test\/\w+\/optimizers\//, ['optimizers', 'schedules']],
  [/^test\/\w+\/layers\//, ['layers', 'ops', 'utils']],
  [/^test\/\w+\/ops\//, ['ops', 'image']],
  [/^test\/\w+\/utils\//, ['utils']],
  [/^test\/\w+\/models\//, ['callbacks', 'ops']],
];

const WRITTEN = /is written (and read )?as Keras (does|writes) it/;

/** Titles without a feature's name, or with a name that the golden data does not have: file, title, features. */
const sentences = [
  [/layers\/normalization\/batch-normalization\.golden/, /^BatchNormalization is what/, ['layers.BatchNormalization']],
  [/initializers\/stft/, /is that of Keras/, ['initializers.STFT']],
  [/models\/file-callbacks/, /^CSVLogger > writes the text of Keras/, ['callbacks.CSVLogger']],
  [/models\/fit-golden/, /^fit > gives what Keras gives/, ['callbacks.History']],
  [/models\/fit-golden/, /^fit > stops early where Keras does/, ['callbacks.EarlyStopping']],
  [/models\/fit-golden/, /give what Keras gives: reduceLROnPlateau$/, ['callbacks.ReduceLROnPlateau']],
  [/models\/fit-golden/, /give what Keras gives: learningRateScheduler$/, ['callbacks.LearningRateScheduler']],
  ...['activations', 'initializers', 'regularizers', 'constraints', 'losses', 'metrics', 'optimizers'].map(
    (section) => [
      new RegExp(`^test/unit/${section}/`),
      WRITTEN,
      ['get', 'serialize', 'deserialize'].map((name) => `${section}.${name}`),
    ],
  ),
  [/optimizers\/schedules/, WRITTEN, ['schedules.serialize', 'schedules.deserialize']],
  [/models\/operations/, /'Absolute' in a config|Keras writes Absolute$/, ['ops.abs']],
  [/losses\/losses/, /> 'CTC' /, ['ops.ctc_loss']],
  [/layers\/saved-models/, /come back as Keras wrote them/, ['layers.serialize', 'layers.deserialize']],
];

const pascalCase = (name) => name.replaceAll(/(^|_)([a-z0-9])/g, (_, __, letter) => letter.toUpperCase());
const sameName = (a, b) => a.replaceAll('_', '').toLowerCase() === b.replaceAll('_', '').toLowerCase();
const keyOf = ({ section, name }) => `${section}.${name}`;

/** The words that name a feature in titles and golden data. */
function wordsOf({ section, name, aliases = [], kind }) {
  const names = [name, ...aliases];
  if (kind === 'class' || section === 'activations') return names;
  return section === 'ops' || section === 'image' ? names.flatMap((each) => [pascalCase(each), `ops > ${each}`]) : [];
}

/** The texts of a test file and of the files of tests that it imports. */
function textsOf(root, file, seen = new Map()) {
  if (seen.has(file)) return seen;
  const text = readFileSync(join(root, file), 'utf8');
  seen.set(file, text);
  for (const [, path] of text.matchAll(/from '(\.[^']+\.ts)'/g)) {
    const imported = relative(root, resolve(root, dirname(file), path)).replaceAll('\\', '/');
    if (imported.startsWith('test/')) textsOf(root, imported, seen);
  }
  return seen;
}

/** The golden data that a test file reads, as one text; empty if it reads none. */
export function goldenTextOf(root, file) {
  const texts = [...textsOf(root, file).values()].join('\n');
  if (!texts.includes('loadGolden')) return '';
  const names = readdirSync(join(root, GOLDEN)).filter((name) => name.endsWith('.json'));
  return names
    .filter((name) => texts.includes(`'${basename(name, '.json')}'`))
    .map((name) => readFileSync(join(root, GOLDEN, name), 'utf8'))
    .join('\n');
}

/** The features of an inventory that a passing test of this title is evidence for. */
function provenBy(title, features, golden, words) {
  const found = features.filter((feature) =>
    words
      .get(keyOf(feature))
      .some((word) => new RegExp(`(?<!\\w)${word}(?!\\w)`).test(title) && golden.has(word.replace('ops > ', ''))),
  );
  return found.map(keyOf);
}

/**
 * Feature → file → how many of its tests passed, from vitest's JSON report. Functions that a class computes with, and
 * what metrics take from losses and operations from activations, have the evidence of these.
 */
export function evidenceOf(root, report, inventory) {
  const words = new Map(inventory.map((feature) => [keyOf(feature), wordsOf(feature)]));
  const evidence = new Map();
  const note = (key, file) => {
    const files = evidence.get(key) ?? evidence.set(key, new Map()).get(key);
    files.set(file, (files.get(file) ?? 0) + 1);
  };
  for (const { name, assertionResults } of report.testResults) {
    const file = relative(root, name).replaceAll('\\', '/');
    const about = sections.find(([folder]) => folder.test(file))?.[1] ?? [];
    const text = about.length === 0 ? '' : goldenTextOf(root, file);
    if (text === '') continue;
    const golden = new Set([...text.matchAll(/\\?"([A-Za-z0-9_]+)\\?"/g)].map(([, word]) => word));
    const features = inventory.filter(({ section }) => about.includes(section));
    for (const { status, ancestorTitles, title } of assertionResults) {
      if (status !== 'passed') continue;
      const full = [...ancestorTitles, title].join(' > ');
      const said = sentences
        .filter(([where, what]) => where.test(file) && what.test(full))
        .flatMap(([, , keys]) => keys);
      const known = said.filter((key) => words.has(key));
      for (const key of new Set([...provenBy(full, features, golden, words), ...known])) note(key, file);
    }
  }
  return withShared(evidence, inventory);
}

function withShared(evidence, inventory) {
  const classes = inventory.filter(({ kind }) => kind === 'class');
  const shared = new Map(evidence);
  for (const section of ['losses', 'metrics', 'layers', 'ops']) {
    for (const feature of inventory.filter((each) => each.section === section && each.kind === 'function')) {
      const own = classes.find((each) => each.section === section && sameName(each.name, feature.name));
      const lent = { metrics: `losses.${feature.name}`, ops: `activations.${feature.name}` }[section];
      const files = shared.get(keyOf(feature)) ?? shared.get(own ? keyOf(own) : lent);
      if (files !== undefined) shared.set(keyOf(feature), files);
    }
  }
  const order = new Map(inventory.map((feature, i) => [keyOf(feature), i]));
  const sorted = [...shared].sort(([a], [b]) => order.get(a) - order.get(b));
  return Object.fromEntries(sorted.map(([key, files]) => [key, Object.fromEntries([...files].sort())]));
}

/** The test files that read golden data and lie in a folder that is about a section of Keras. */
export function goldenTests(root, folder = 'test') {
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.test.ts') && sections.some(([where]) => where.test(file)))
    .filter((file) => goldenTextOf(root, file) !== '')
    .sort();
}
