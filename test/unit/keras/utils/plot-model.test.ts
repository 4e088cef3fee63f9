import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Input, Model, Sequential, layers, utils } from 'evenkeel';
import { decode } from 'fast-png';
import { afterAll, expect, test } from 'vitest';
import { NotImplementedError, ValueError } from '../../../../src/core/errors.ts';
import { renderer as plain } from '../../../../src/formats/graphics/renderer-plain.ts';

const root = mkdtempSync(join(tmpdir(), 'evenkeel-plots-'));
afterAll(() => rmSync(root, { recursive: true }));

function nested(): Model {
  const inner = new Sequential(
    [Input({ shape: [4] }), new layers.Dense(3, { name: 'a', activation: 'relu' }), new layers.Dense(2, { name: 'b' })],
    { name: 'inner' },
  );
  const x = Input({ shape: [4], name: 'x' });
  const y = new layers.Dense(2, { name: 'short' }).apply(x);
  const sum = new layers.Add({ name: 'sum' }).apply([inner.apply(x), y]);
  return new Model({ inputs: x, outputs: sum, name: 'outer' });
}

/** The boxes of an SVG of Graphviz by the titles of its nodes. */
function boxesOf(svg: string): ReadonlyMap<string, { left: number; right: number; top: number; bottom: number }> {
  const groups = [...svg.matchAll(/class="node">\s*<title>([^<]*)<\/title>(.*?)<\/g>/gs)];
  return new Map(
    groups.map(([, title = '', body = '']) => {
      const points = [...body.matchAll(/points="([^"]*)"/g)].flatMap(([, text = '']) =>
        text
          .trim()
          .split(/\s+/)
          .map((pair) => pair.split(',').map(Number) as [number, number]),
      );
      const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
      const box = { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
      return [title.replaceAll('&#45;', '-'), box];
    }),
  );
}

test('plotModel draws a box for each layer, and no two of them overlap', async () => {
  const svg = await utils.plotModel(nested(), {
    toFile: null,
    showShapes: true,
    expandNested: true,
    showLayerNames: true,
  });
  const boxes = boxesOf(svg);
  expect([...boxes.keys()].sort()).toEqual(['outer/inner/a', 'outer/inner/b', 'outer/short', 'outer/sum', 'outer/x']);
  const list = [...boxes.values()];
  for (const [i, one] of list.entries()) {
    for (const other of list.slice(i + 1)) {
      const isApart =
        one.right < other.left || other.right < one.left || one.bottom < other.top || other.bottom < one.top;
      expect(isApart).toBe(true);
    }
  }
  expect(svg.match(/class="edge"/g)?.length).toBe(5);
  expect(svg.match(/class="cluster"/g)?.length).toBe(1);
  expect(svg).toMatch(/^<svg role="img" /);
  expect(svg).toContain('<title>outer</title>');
  expect(svg).toContain('>(None, 4)<');
});

test('plotModel writes SVG, PNG, Mermaid and DOT files by their endings', async () => {
  const model = nested();
  const read = (name: string): string => readFileSync(join(root, name), 'utf8');
  const write = (name: string): Promise<string> => utils.plotModel(model, { toFile: join(root, name), dpi: 72 });
  expect(read((await write('m.svg'), 'm.svg'))).toBe(await utils.plotModel(model, { toFile: null }));
  expect(await write('m.MMD')).toBe(read('m.MMD'));
  expect(read('m.MMD')).toMatch(/^flowchart TB\n/);
  expect(await write('m.gv')).toBe(utils.modelToDot(model, { showLayerNames: false, dpi: 72 }));
  const svg = await write('m.png');
  const { width, height } = decode(readFileSync(join(root, 'm.png')));
  const [, wide, tall] = /width="(\d+)pt" height="(\d+)pt"/.exec(svg)!.map(Number);
  // A point of SVG is 4/3 of its pixels.
  expect([width, height]).toEqual([Math.round((wide! * 4) / 3), Math.round((tall! * 4) / 3)]);
  expect(await utils.plotModel(model, { toFile: join(root, 'text.txt'), format: 'dot' })).toBe(read('text.txt'));
});

test('plotModel writes model.png by default, as Keras does', async () => {
  const before = process.cwd();
  process.chdir(root);
  try {
    expect(await utils.plotModel(nested(), { dpi: 72 })).toMatch(/^<svg /);
    expect(decode(readFileSync('model.png')).width).toBeGreaterThan(10);
  } finally {
    process.chdir(before);
  }
});

test('a flowchart of Mermaid has the layers, the frames and the edges of a model', async () => {
  const options = { format: 'mermaid', expandNested: true, showLayerNames: true, rankdir: 'LR' } as const;
  expect(await utils.plotModel(nested(), { ...options, showLayerActivations: true, showTrainable: true })).toBe(
    [
      'flowchart LR',
      '  n0["<b>x</b> (InputLayer)"]',
      '  subgraph n1["inner"]',
      '    n2["<b>a</b> (Dense)<br/>Activation: relu<br/>Trainable"]',
      '    n3["<b>b</b> (Dense)<br/>Activation: linear<br/>Trainable"]',
      '  end',
      '  n4["<b>short</b> (Dense)<br/>Activation: linear<br/>Trainable"]',
      '  n5["<b>sum</b> (Add)"]',
      '  n2 --> n3',
      '  n0 --> n2',
      '  n0 --> n4',
      '  n3 --> n5',
      '  n4 --> n5',
      '',
    ].join('\n'),
  );
});

test('names of layers cannot become markup in a picture of a model', async () => {
  const model = new Sequential([Input({ shape: [1] }), new layers.Dense(1, { name: '<img src=x onerror="a()">&#;]' })]);
  const options = { showLayerNames: true } as const;
  const svg = await utils.plotModel(model, { ...options, format: 'svg' });
  expect(svg).not.toContain('<img');
  expect(svg.replaceAll('&#45;', '-')).toContain('&lt;img src=x onerror=&quot;a()&quot;&gt;&amp;#;]');
  const text = await utils.plotModel(model, { ...options, format: 'mermaid' });
  expect(text).toContain('#60;img src=x onerror=#34;a()#34;#62;#38;#35;#59;]');
  expect(utils.modelToDot(model)).toContain('<b>&#60;img src=x onerror=&#34;a()&#34;&#62;&#38;#;]</b>');
});

test('modelToDot returns a subgraph as a part of a larger graph', () => {
  const model = new Sequential([Input({ shape: [1] }), new layers.Dense(1, { name: 'd' })], { name: 'a b' });
  const text = utils.modelToDot(model, { subgraph: true });
  expect(text.split('\n').slice(0, 2)).toEqual(['subgraph "cluster_a b" {', 'style=dashed;']);
  expect(text.split('\n').at(-1)).toBe('}');
});

test('a model whose class defines call is one box, and a layer that is reached twice is drawn once', async () => {
  class Custom extends Model {
    readonly dense = new layers.Dense(1);
    override call(x: never): never {
      return this.dense.apply(x) as never;
    }
  }
  const custom = new Custom({ name: 'custom' });
  custom.build([null, 3]);
  expect(await utils.plotModel(custom, { format: 'mermaid', showShapes: true })).toBe(
    'flowchart TB\n  n0["<b>Custom</b><br/>Input shape: #63;<br/>Output shape: #63;"]\n',
  );
  const shared = new layers.Dense(1, { name: 'shared' });
  const stack = (name: string): Sequential => new Sequential([Input({ shape: [1] }), shared], { name });
  const x = Input({ shape: [1], name: 'x' });
  const both = new Model({ inputs: x, outputs: [stack('p').apply(x), stack('q').apply(x)] });
  const text = await utils.plotModel(both, { format: 'mermaid', expandNested: true, showLayerNames: true });
  expect(text.match(/shared/g)?.length).toBe(1);
});

test('pictures of models refuse what they cannot draw', async () => {
  const model = nested();
  await expect(utils.plotModel(model, { toFile: 'm.pdf' })).rejects.toThrow(
    new ValueError(
      '[utils.plotModel] toFile must end in one of .svg, .png, .mmd, .mermaid, .dot, .gv. Received: toFile="m.pdf". Or give a format.',
    ),
  );
  await expect(utils.plotModel(model, { format: 'png', toFile: null })).rejects.toThrow(
    new ValueError('[utils.plotModel] a PNG needs a file. Received: format="png" and toFile=null.'),
  );
  await expect(utils.plotModel(model, { dpi: 0 })).rejects.toThrow('[utils.plotModel] dpi must be positive.');
  await expect(utils.plotModel(model, { subgraph: true } as never)).rejects.toThrow('unknown option "subgraph"');
  expect(() => utils.modelToDot(model, { rankdir: 'UP' as never })).toThrow(
    '[utils.modelToDot] rankdir must be one of',
  );
  expect(() => utils.modelToDot({} as never)).toThrow('[utils.modelToDot] model must be a model.');
  expect(() => utils.modelToDot(new Sequential([new layers.Dense(1)], { name: 'late' }))).toThrow(
    '[utils.modelToDot] the model must be built. Received: Sequential late, which is not. Call model.build(shape), or give its first layer an input shape.',
  );
  await expect(plain.toPng('utils.plotModel', '', 1, 'white')).rejects.toThrow(NotImplementedError);
});
