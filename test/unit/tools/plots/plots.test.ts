import { readFile } from 'node:fs/promises';
import { decode } from 'fast-png';
import {
  type Plot,
  barChart,
  heatMap,
  histogram,
  lineChart,
  palette,
  smallMultiples,
  stripChart,
} from 'evenkeel/plots';
import { describe, expect, test, vi } from 'vitest';
import { renderer as plain } from '../../../../src/formats/graphics/renderer-plain.ts';

const x = { label: 'training steps' };
const y = { label: 'time per step (ms)' };
const line = { name: 'with', x: [1, 2, 3], y: [4, NaN, 6], low: [3, 4, 5], high: [5, 6, 7] };

const plots: Readonly<Record<string, Plot>> = {
  lineChart: lineChart({ title: 'A & B', x, y, series: [line, { name: 'without', x: [1], y: [2] }] }),
  barChart: barChart({
    ...{ title: 'A & B', x, y, categories: ['one', 'two'] },
    series: [
      { name: 'with', values: [1, 2], low: [0.5, 1], high: [2, 3] },
      { name: 'without', values: [2, Infinity] },
    ],
  }),
  heatMap: heatMap({
    ...{ title: 'A & B', x: { ...x, values: ['1', '2'] }, y: { ...y, values: ['with', 'without'] } },
    ...{ values: [Float32Array.of(1, 2), [3, NaN]], label: 'time per step (ms)' },
  }),
  histogram: histogram({
    ...{ title: 'A & B', x, y },
    series: [
      { name: 'with', values: [1, 2, 2, NaN] },
      { name: 'without', values: [0] },
    ],
  }),
  stripChart: stripChart({
    ...{ title: 'A & B', x, y },
    series: [
      { name: 'with', values: [1, 2, 2, NaN] },
      { name: 'without', values: [] },
    ],
  }),
};
const all = { ...plots, smallMultiples: smallMultiples({ title: 'A & B', plots: Object.values(plots).slice(0, 2) }) };

describe.each(Object.entries(all))('%s', (name, plot) => {
  test(`${name} draws titles, axis labels with units and a legend as SVG that follows the color scheme`, async () => {
    const svg = await plot.svg();
    for (const text of ['A &amp; B', x.label, y.label, 'with', 'without']) expect(svg).toContain(`>${text}</text>`);
    expect(svg).toMatch(
      /^<svg [^>]*role="img" aria-label="A &amp; B"[^>]*><style>@media \(prefers-color-scheme:dark\)/,
    );
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  test(`${name} draws PNG files of the requested scale and theme`, async () => {
    const light = decode(await plot.png({ scale: 1 }));
    const dark = decode(await plot.png({ scale: 2, theme: 'dark' }));
    expect(dark.width / light.width).toBeCloseTo(2, 1);
    expect([...light.data.slice(0, 3)]).toEqual([255, 255, 255]);
    expect([...dark.data.slice(0, 3)]).toEqual([13, 17, 23]);
    expect(new Set(light.data).size).toBeGreaterThan(20);
  });
});

test('Text in a PNG file is drawn with the installed font, for machines without fonts', async () => {
  const short = decode(await lineChart({ title: 'i', x, y, series: [line] }).png({ scale: 1 }));
  const long = decode(await lineChart({ title: 'iMMMM', x, y, series: [line] }).png({ scale: 1 }));
  const dark = (image: typeof short): number => [...image.data].filter((value) => value < 60).length;
  expect(dark(long)).toBeGreaterThan(dark(short) + 100);
});

test('heatMap writes numbers in full, however small, and rounds only places', async () => {
  const values = [[0.00012345, 1]];
  const parts = { x: { ...x, values: ['1', '2'] }, y: { ...y, values: ['with'] } };
  const svg = await heatMap({ title: '', ...parts, values, label: '', scale: 'log', format: '.5f' }).svg();
  expect(svg).toContain('>0.00012</text>');
  expect(svg).not.toMatch(/ (?:d|transform)="[^"]*\.\d{3}/);
});

test('An axis with ticks labels these numbers only, and ends at the data', async () => {
  const axis = { ...x, scale: 'log', ticks: [1, 8, 128] } as const;
  const svg = await lineChart({
    title: '',
    x: axis,
    y,
    series: [{ name: 'with', x: [1, 128], y: [0.25, 0.75] }],
  }).svg();
  const numbers = [...svg.matchAll(/>([\d.,]+)<\/text>/g)].map(([, text]) => text);
  expect(numbers.slice(0, 3)).toEqual(['1', '8', '128']);
  expect(numbers).not.toContain('200');
});

test('A plot is drawn the same twice, and two plots of one page share no identifiers', async () => {
  const [first, second] = [plots['lineChart']!, plots['barChart']!];
  expect(await first.svg()).toBe(await first.svg());
  const scope = (svg: string): string => /class="(plot-[a-z0-9]+)"/.exec(svg)![1]!;
  expect(scope(await first.svg())).not.toBe(scope(await second.svg()));
});

test('Every color of the palette has a contrast of at least 2 with the backgrounds of both themes', () => {
  const luminance = (color: string): number =>
    [1, 3, 5]
      .map((i) => parseInt(color.slice(i, i + 2), 16) / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
      .reduce((sum, v, i) => sum + [0.2126, 0.7152, 0.0722][i]! * v, 0);
  for (const color of palette) {
    expect(1.05 / (luminance(color) + 0.05), color).toBeGreaterThan(2);
    expect((luminance(color) + 0.05) / (luminance('#0d1117') + 0.05), color).toBeGreaterThan(3);
  }
});

test('Charts refuse missing series, names that occur twice and lists of different lengths', () => {
  expect(() => lineChart({ title: '', x, y, series: [] })).toThrow(
    '[lineChart] series must not be empty. Received: series=[].',
  );
  expect(() => lineChart({ title: '', x, y, series: [line, line] })).toThrow(
    '[lineChart] the names in series must differ. Received: "with" twice.',
  );
  expect(() => lineChart({ title: '', x, y, series: [{ ...line, low: [1] }] })).toThrow(
    '[lineChart] low of "with" must have one number for each of x. Received: 1 numbers for 3.',
  );
  expect(() => barChart({ title: '', x, y, categories: ['a'], series: [{ name: 's', values: [] }] })).toThrow(
    '[barChart] values of "s" must have one number for each of categories. Received: 0 numbers for 1.',
  );
  expect(() => histogram({ title: '', x, series: [{ name: 's', values: [NaN] }] })).toThrow(
    '[histogram] series must contain a finite number. Received: none.',
  );
  expect(() => smallMultiples({ title: '', plots: [] })).toThrow(
    '[smallMultiples] plots must not be empty. Received: plots=[].',
  );
});

test('Plots name the command that installs the optional packages, where they are missing', async () => {
  vi.doMock('vega', () => {
    throw new Error('not installed');
  });
  vi.resetModules();
  try {
    const { renderer } = await import('../../../../src/formats/graphics/renderer-node.ts');
    await expect(renderer.toSvg('Plot.svg', {})).rejects.toThrow(
      '[Plot.svg] plots need optional packages. Run npm install vega vega-lite @resvg/resvg-js dejavu-fonts-ttf.',
    );
  } finally {
    vi.doUnmock('vega');
  }
});

test('Plots in a browser refer to vega-embed, and its file imports no plot library', async () => {
  await expect(plain.toSvg('Plot.svg', {})).rejects.toThrow(
    '[Plot.svg] plots are drawn in Node. In a browser, pass plot.spec to vega-embed.',
  );
  const source = await readFile(new URL('../../../../src/formats/graphics/renderer-plain.ts', import.meta.url), 'utf8');
  expect(source).not.toMatch(/from '(?:vega|@resvg)/);
  expect(all.smallMultiples.spec).toMatchObject({ $schema: 'https://vega.github.io/schema/vega-lite/v6.json' });
});

test('titles and names with markup, control characters or patterns of replacement are plain text in SVG and PNG', async () => {
  const name = `<script>&"'$'\u001b[2J\u0000\u202e`;
  const plot = barChart({ title: name, subtitle: name, x: { label: name }, y, categories: [name], series: [{ name, values: [1] }] }); // prettier-ignore
  const svg = await plot.svg();
  expect(svg).not.toContain('<script');
  // eslint-disable-next-line no-control-regex -- the characters that XML cannot contain
  expect(svg).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202e]/);
  expect(svg).toContain(`aria-label="&lt;script&gt;&amp;&quot;'$'\\u001b[2J\\u0000\\u202e"`);
  expect(svg.match(/<svg/g)).toHaveLength(1);
  expect(await plot.png()).toBeInstanceOf(Uint8Array);
});
