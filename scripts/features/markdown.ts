import { reasons } from '../keras-calls/reasons.ts';
import { type Section, isMember, keyOf } from './inventory.ts';
import { generalLimits } from './limits.ts';
import { absences } from './members.ts';
import { otherModules } from './other-modules.ts';
import type { Row, State } from './table.ts';

/** The sections in the order of the page, with Keras's modules. */
const titles: Readonly<Record<Section, string>> = {
  layers: 'Layers (`keras.layers`)',
  optimizers: 'Optimizers (`keras.optimizers`)',
  schedules: 'Schedules (`keras.optimizers.schedules`)',
  losses: 'Losses (`keras.losses`)',
  metrics: 'Metrics (`keras.metrics`)',
  callbacks: 'Callbacks (`keras.callbacks`)',
  models: 'Models (`keras.models`)',
  Model: 'Methods and attributes of `keras.Model`',
  Sequential: 'Methods and attributes of `keras.Sequential` that `keras.Model` lacks',
  Layer: 'Methods and attributes of `keras.Layer`',
  Callback: 'Methods and attributes of `keras.callbacks.Callback`',
  applications: 'Networks (`keras.applications`)',
  activations: 'Activations (`keras.activations`)',
  initializers: 'Initializers (`keras.initializers`)',
  regularizers: 'Regularizers (`keras.regularizers`)',
  constraints: 'Constraints (`keras.constraints`)',
  ops: 'Operations (`keras.ops`)',
  image: 'Operations on images (`keras.ops.image`)',
  utils: 'Utilities (`keras.utils`)',
  random: 'Random numbers (`keras.random`)',
  tree: 'Structures (`keras.tree`)',
};

const states: readonly State[] = ['works', 'partly', 'untested', 'absent'];

const HEAD = `# Features

The exports of Keras 3.15.1 and their status here. \`npm run features\` generates this page: the names and arguments come
from Keras, exports and arguments from the code, and the status from the tests that passed. Only the reasons are written by
hand, and a test tries each of them.

- **works**: exported, accepts every argument of Keras, has its defaults and its config, and passed tests against numbers,
  gradients or files made by Keras. Base classes and callbacks have no numbers: tests of their behavior count for them.
- **partly**: something is unsupported, as the row says. Unsupported arguments throw; nothing is silently ignored.
- **untested**: exported with every argument, but without a test that counts.
- **absent**: not implemented.

A method or an attribute of a class works if it accepts every argument: the tests of training, prediction and files compare
what they compute with Keras's numbers.

Names are written as in Keras; functions and arguments are in camelCase here (\`ops.expandDims\`, \`kernelSize\`). Aliases
follow the name. Of \`keras.utils\`, images, folders and \`PyDataset\`, which [Data](docs/data.md) describes, are not listed, nor is what
concerns Python itself, such as \`Progbar\`.

The layers of keras-hub are in [a page of their own](docs/keras-hub.md).

[Differences from Keras](docs/differences-from-keras.md) lists what is supported and deliberately computes other values.
`;

/** The absent features of a section: those without a reason in one line, the others by their reasons. */
function absentIn(rows: readonly Row[]): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { feature, state } of rows) {
    if (state !== 'absent') continue;
    const reason = absences[keyOf(feature)] ?? '';
    byReason.set(reason, [...(byReason.get(reason) ?? []), `\`${feature.name}\``]);
  }
  const plain = byReason.get('');
  byReason.delete('');
  const reasons = [...byReason].map(([reason, names]) => `- ${names.join(', ')}: ${reason}`);
  return [
    ...(plain === undefined ? [] : [`Absent: ${plain.join(', ')}.\n`]),
    ...(reasons.length === 0 ? [] : [`Absent:\n\n${reasons.join('\n')}\n`]),
  ];
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function line({ feature, state, lacks, remarks, tests }: Row): string {
  const others = (feature.aliases ?? []).map((name) => ` \`${name}\``).join('');
  const said = [...lacks, ...remarks].join('; ');
  const counted = isMember(feature) ? '' : ` ${tests === 0 ? 'none' : tests} |`;
  return `| \`${feature.name}\`${others} | ${state} | ${cell(said)} |${counted}`;
}

function part(section: Section, rows: readonly Row[]): string {
  const here = rows.filter(({ state }) => state !== 'absent');
  const general = (generalLimits[section] ?? []).map(({ lacks }) => `For all of them: ${lacks}.\n`);
  const isCounted = here.some(({ feature }) => !isMember(feature));
  const head = ['| Keras | status | unsupported, or different |', '| --- | --- | --- |'];
  const table = [...(isCounted ? [`${head[0]} tests |`, `${head[1]} --- |`] : head), ...here.map(line)].join('\n');
  return [`## ${titles[section]}\n`, ...general, ...(here.length === 0 ? [] : [`${table}\n`]), ...absentIn(rows)].join(
    '\n',
  );
}

/** The modules that have no section. */
function others(): string {
  const lines = otherModules.map(([names, reason]) => `- ${names.map((name) => `\`${name}\``).join(', ')}: ${reason}`);
  return ['## Other modules\n', ...lines, ''].join('\n');
}

/** The reasons why calls of Keras's own tests are refused, or have another result. */
function refusals(): string {
  const lines = reasons.map(({ outcomes, names, reason }) => {
    const which = names === undefined ? '' : ` (${names.map((name) => `\`${name}\``).join(', ')})`;
    return `- ${outcomes.join(', ')}${which}: ${reason}`;
  });
  return [
    "## Calls of Keras's tests\n",
    `\`npm run check:keras-calls\` makes the calls of Keras's own tests again ([how](scripts/keras-calls/README.md)). Those that
are refused here, or have another result, have one of these reasons:\n`,
    ...lines,
    '',
  ].join('\n');
}

/** FEATURES.md. */
export function makeMarkdown(rows: readonly Row[]): string {
  const sections = Object.keys(titles) as Section[];
  const of = (section: Section): readonly Row[] => rows.filter(({ feature }) => feature.section === section);
  const count = (list: readonly Row[]): string =>
    states.map((state) => list.filter((row) => row.state === state).length).join(' | ');
  const summary = [
    `| | ${states.join(' | ')} |`,
    '| --- | --- | --- | --- | --- |',
    ...sections.map((section) => `| ${titles[section]} | ${count(of(section))} |`),
  ].join('\n');
  return [HEAD, `${summary}\n`, ...sections.map((section) => part(section, of(section))), others(), refusals()].join(
    '\n',
  );
}
