import type { InspectedNormalization } from 'evenkeel/normalization';
import { create } from '../page/dom.ts';
import { brief, count } from '../page/format.ts';
import type { FoldOutcome, ModelReport } from './model-file.ts';

/** Returns the parts of the page that describe a model. */
export function reportView(report: ModelReport): readonly HTMLElement[] {
  return [summary(report), normalization(report), folding(report.folding), ...warnings(report.warnings)];
}

function summary({ name, layers, parameters: { trainable, frozen } }: ModelReport): HTMLElement {
  const rows = layers.map(({ name: layer, className, outputShape, parameters }) => [
    layer,
    className,
    outputShape,
    count(parameters),
  ]);
  return part(
    'Summary',
    create('p', {
      text: `${name}: ${count(trainable + frozen)} parameters, of which ${count(trainable)} are trainable.`,
    }),
    table('The layers of the model', ['Layer', 'Class', 'Output shape', 'Parameters'], rows),
  );
}

function normalization({ normalization: { verdict, layers } }: ModelReport): HTMLElement {
  if (layers.length === 0) {
    return part('Normalization', create('p', { text: 'The model has no normalization layers.' }));
  }
  const noun = layers.length === 1 ? 'normalization layer' : 'normalization layers';
  return part(
    'Normalization',
    create(
      'p',
      { text: `${layers.length} ${noun}: ` },
      create('span', { class: `verdict ${verdict}`, text: verdict }),
      document.createTextNode('.'),
    ),
    table(
      'The weights of the normalization layers',
      ['Layer', 'Class', 'Weight', 'Minimum', 'Mean', 'Maximum', 'Verdict'],
      layers.flatMap(weightRows),
    ),
    findings(layers),
  );
}

function weightRows({ layer, className, weights, verdict }: InspectedNormalization): string[][] {
  if (weights.length === 0) return [[layer, className, 'none', '', '', '', verdict]];
  return weights.map(({ name, minimum, mean, maximum, nonFinite }) => [
    layer,
    className,
    nonFinite === 0 ? name : `${name} (${count(nonFinite)} not finite)`,
    brief(minimum),
    brief(mean),
    brief(maximum),
    verdict,
  ]);
}

function findings(layers: readonly InspectedNormalization[]): HTMLElement {
  const items = layers.flatMap(({ layer, findings: found }) =>
    found.map(({ severity, message, advice }) =>
      create(
        'li',
        {},
        create('strong', { text: `${layer}: ` }),
        document.createTextNode(`${message} ${advice} (${severity})`),
      ),
    ),
  );
  return items.length === 0
    ? create('p', { class: 'hint', text: 'Nothing suspicious was found in them.' })
    : create('ul', { class: 'findings' }, ...items);
}

function folding(outcome: FoldOutcome): HTMLElement {
  if ('error' in outcome) return part('Folding', create('p', { text: `Not possible: ${outcome.error}` }));
  const { merged, left, largestError } = outcome;
  if (merged.length + left.length === 0) {
    return part('Folding', create('p', { text: 'There is no batch normalization to fold.' }));
  }
  const lines = [
    ...merged.map(({ normalization: layer, into, where }) => `${layer} merges into ${into}, the layer ${where} it.`),
    ...left.map(({ normalization: layer, reason }) => `${layer} is kept: ${reason}.`),
  ];
  return part(
    'Folding',
    create('p', {
      text: 'In use, batch normalization is a scale and an offset, which can be merged into the weights of a neighbor: fewer layers, the same answers.',
    }),
    create('ul', { class: 'findings' }, ...lines.map((text) => create('li', { text }))),
    ...(merged.length === 0
      ? []
      : [
          create('p', {
            class: 'hint',
            text: `The largest relative difference in the output of a layer is ${largestError.toExponential(1)}.`,
          }),
        ]),
  );
}

function warnings(messages: readonly string[]): readonly HTMLElement[] {
  if (messages.length === 0) return [];
  return [part('Warnings', create('ul', { class: 'findings' }, ...messages.map((text) => create('li', { text }))))];
}

function part(title: string, ...children: readonly HTMLElement[]): HTMLElement {
  return create('section', { 'aria-label': title }, create('h3', { text: title }), ...children);
}

/** A table; columns of numbers are those whose entries begin with a digit, a sign or a dash. */
function table(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const isNumber = head.map((_, i) => rows.every((row) => /^([-\d]|–$|$)/.test(row[i] ?? '')));
  const cell = (tag: 'th' | 'td', text: string, i: number, scope?: string): HTMLElement =>
    create(tag, { text, ...(isNumber[i] === true && { class: 'number' }), ...(scope !== undefined && { scope }) });
  return create(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    create(
      'table',
      {},
      create('caption', { class: 'visually-hidden', text: caption }),
      create('thead', {}, create('tr', {}, ...head.map((text, i) => cell('th', text, i, 'col')))),
      create(
        'tbody',
        {},
        ...rows.map((row) =>
          create('tr', {}, ...row.map((text, i) => cell(i === 0 ? 'th' : 'td', text, i, i === 0 ? 'row' : undefined))),
        ),
      ),
    ),
  );
}
