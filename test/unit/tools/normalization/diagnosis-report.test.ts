import { expect, test } from 'vitest';
import type { DiagnosedLayer, DiagnosisData } from '../../../../src/tools/normalization/diagnose/report.ts';
import { NormalizationDiagnosis } from '../../../../src/tools/normalization/index.ts';

const spread = (median: number): { median: number; maximum: number } => ({ median, maximum: 2 * median });

const layer = (name: string, changes: Partial<DiagnosedLayer> = {}): DiagnosedLayer => ({
  ...{ layer: name, className: 'BatchNormalization', frozen: false, channels: 3, entries: 512 },
  ...{ epsilon: 1e-3, momentum: 0.99, updates: 64, warmUp: 0.474, effectiveBatchSize: 32 },
  placement: { previous: 'dense', followsActivation: true, nextActivation: null, uselessBias: null, noiseBefore: [] },
  statistics: {
    ...{ distance: spread(0.6), meanShift: spread(0.2), varianceRatio: spread(0.4), divergence: spread(0.18) },
    channelsOff: 0,
  },
  ...{ belowEpsilon: 1, deadChannels: [2], saturatedChannels: [] },
  perChannel: {
    ...{ meanShift: [0.1, -0.2, null], varianceRatio: [0.4, 0, 2], divergence: [0.1, 0.18, 0.3] },
    ...{ gamma: [1, 1.1, 0.9], active: [0.5, 0.4, 0] },
  },
  verdict: 'suspicious',
  ...changes,
});

const odd = '<b title="x">&</b>';

const data: DiagnosisData = {
  ...{ model: `net ${odd}`, verdict: 'suspicious', headline: 'recalibrate: 1 of 2 layers is not warmed up' },
  ...{ rows: 512, batchSize: 32 },
  layers: [
    layer(odd),
    layer('ln', {
      ...{ className: 'LayerNormalization', momentum: null, updates: null, warmUp: null, effectiveBatchSize: null },
      ...{ statistics: null, belowEpsilon: 0, deadChannels: [], frozen: true, verdict: 'fine' },
      placement: {
        previous: null,
        followsActivation: false,
        nextActivation: 'relu',
        uselessBias: null,
        noiseBefore: [],
      },
      perChannel: { meanShift: [], varianceRatio: [], divergence: [], gamma: [1, 1, 1], active: [] },
    }),
  ],
  findings: [
    {
      ...{
        kind: 'not-warmed-up',
        severity: 'suspicious',
        message: 'Too few updates.',
        advice: 'Recalibrate.',
        effect: 1,
      },
      layers: [{ layer: odd, channels: [], detail: '47 % warmed up' }],
    },
  ],
  notes: [
    {
      ...{ kind: 'frozen', severity: 'note', message: 'The layer is frozen.', advice: 'No action needed.', effect: 0 },
      layers: [{ layer: 'ln', channels: [], detail: '' }],
    },
  ],
};

const diagnosis = new NormalizationDiagnosis(data);
const escaped = '&lt;b title=&quot;x&quot;&gt;&amp;&lt;/b&gt;';

test('the text of a diagnosis has the headline, the findings with their layers, and a table of statistics and of channels', () => {
  expect(String(diagnosis)).toBe(`net ${odd}: recalibrate: 1 of 2 layers is not warmed up (512 rows of data).

1. suspicious: Too few updates.
   ${odd}: 47 % warmed up
   Recalibrate.

note: The layer is frozen.
   ln
   No action needed.

Statistics:

Layer               Class                       Distance  Maximum  Divergence  Variance  Updates  Warm  Entries  Verdict
──────────────────  ──────────────────────────  ────────  ───────  ──────────  ────────  ───────  ────  ───────  ──────────
${odd}  BatchNormalization               0.6      1.2        0.18     × 0.4       64  47 %       32  suspicious
ln                  LayerNormalization, frozen         –        –           –         –        –     –        –  fine

Distance, maximum: of the data from the moving statistics, median and maximum over the channels, in standard deviations. Divergence: median, in nats. Variance: of the data, as a multiple of the moving one. Warm: 1 − momentum^updates. Entries: behind each statistic of a batch.

Channels:

Layer               Channels  Below ε  Dead  Saturated  Input              Next activation
──────────────────  ────────  ───────  ────  ─────────  ─────────────────  ───────────────
${odd}         3        1     1          0  dense, activation  –
ln                         3        0     0          0  –                  relu

Below ε: channels whose variance is less than epsilon. Input: the layer that computes it, and whether it is the output of an activation.`);
});

test('a diagnosis written as JSON and read again has the same data and the same text', () => {
  const read = new NormalizationDiagnosis(JSON.parse(JSON.stringify(diagnosis)) as DiagnosisData);
  expect(read).toMatchObject({ ...data });
  expect(String(read)).toBe(String(diagnosis));
});

test('the HTML page of a diagnosis needs no other file, runs no script, and escapes names', async () => {
  const page = await diagnosis.toHtml();
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(page).not.toMatch(/<script|<link|<img|@import|\b(?:src|href)=|url\((?!#)|https?:\/\/(?!www\.w3\.org)/);
  expect(page).not.toContain('<b title');
  expect(page).toContain(`<title>Normalization of net ${escaped}</title>`);
  expect(page).toContain(`<li>${escaped}: 47 % warmed up</li>`);
  expect(page).toContain(`<td class="left">${escaped}</td>`);
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
});

test('the HTML page of a diagnosis shows verdict, findings, notes and tables in the colors of both schemes', async () => {
  const page = await diagnosis.toHtml({ plots: false });
  expect(page).toContain('color-scheme: light dark');
  expect(page).toContain('@media (prefers-color-scheme: dark)');
  expect(page).toContain('<span class="verdict suspicious">suspicious</span> – recalibrate: 1 of 2 layers');
  const headings = [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, heading]) => heading);
  expect(headings).toEqual(['Findings, in the order of the expected effect', 'Notes', 'Statistics', 'Channels']);
  expect([...page.matchAll(/<article class="(\w+)">/g)].map(([, severity]) => severity)).toEqual([
    'suspicious',
    'note',
  ]);
  expect(page).toContain('<td class="left verdict fine">fine</td>');
});

test('the HTML page of a diagnosis plots the numbers that exist, with axes and units', async () => {
  const page = await diagnosis.toHtml();
  const plots = [...page.matchAll(/<svg.*?<\/svg>/gs)].map(([svg]) => svg);
  expect(plots.map((svg) => /aria-label="([^"]*)"/.exec(svg)?.[1])).toEqual([
    ...['Shift of the mean', 'Ratio of the variances', 'Scale γ', 'Activity after the next activation'],
  ]);
  for (const svg of plots) expect(svg).toContain('@media (prefers-color-scheme:dark)');
  expect(plots[0]).toContain('>shift (standard deviations)</text>');
  expect(plots.map((svg) => svg.includes('>ln</text>'))).toEqual([false, false, true, false]);
});

test('the HTML page of a diagnosis without numbers for plots has no section for them', async () => {
  const perChannel = { meanShift: [], varianceRatio: [], divergence: [], gamma: [], active: [] };
  const plain = new NormalizationDiagnosis({ ...data, layers: [layer('rms', { statistics: null, perChannel })] });
  expect(await plain.toHtml()).not.toMatch(/<svg|Plots/);
});

test('toHtml of a diagnosis refuses an unknown option', async () => {
  await expect(diagnosis.toHtml({ charts: false } as never)).rejects.toThrow(
    '[NormalizationDiagnosis.toHtml] unknown option "charts".',
  );
});
