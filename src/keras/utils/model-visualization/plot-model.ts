import { files } from '#files';
import { renderer } from '#graphics';
import { checkChoice } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';
import type { FilePath } from '../../../formats/files/files.ts';
import type { Model } from '../../models/model.ts';
import { dotOf } from './dot.ts';
import { mermaidOf } from './mermaid.ts';
import { modelGraph } from './model-graph.ts';
import { DOT_OPTIONS, type ModelToDotOptions, checkDrawable, readDrawingOptions } from './options.ts';

/** The form of a picture of a model. */
export type ModelPlotFormat = 'svg' | 'mermaid' | 'dot' | 'png';

/** Options of {@link plotModel}. */
export interface PlotModelOptions extends Omit<ModelToDotOptions, 'subgraph' | 'showLayerNames'> {
  /** Whether to show the names of layers. @default false */
  readonly showLayerNames?: boolean | undefined;
  /**
   * The path of a file, of which the ending decides the format: .svg, .png, .mmd, .mermaid, .dot or .gv; null for no file.
   * @default 'model.png', or null with another `format`
   */
  readonly toFile?: FilePath | null | undefined;
  /** The format. @default that of `toFile`, or `svg` */
  readonly format?: ModelPlotFormat | undefined;
}

const FORMATS: Readonly<Record<string, ModelPlotFormat>> = {
  svg: 'svg',
  png: 'png',
  mmd: 'mermaid',
  mermaid: 'mermaid',
  dot: 'dot',
  gv: 'dot',
};

/** The number of points per inch, which are the units of Graphviz's pictures. */
const POINTS = 72;

/**
 * Draws a model: a box for each layer, and an arrow for each result that another layer reads. Graphviz, compiled to WebAssembly,
 * arranges them, in Node and in browsers; it is loaded with the first picture.
 *
 * Returns the SVG, or the flowchart of Mermaid, or the graph in the DOT language, as the format says; of a PNG, which is written to
 * `toFile` only, the SVG from which it is made. PNGs need Node and the optional packages `@resvg/resvg-js` and `dejavu-fonts-ttf`.
 *
 * @throws TypeError if the model is none, or an option is unknown; ValueError if it is not built, or the ending of the file is
 * unknown; NotImplementedError for a PNG in a browser or without the packages.
 * @example
 * const model = new Sequential([Input({ shape: [4] }), new layers.Dense(2, { name: 'a' }), new layers.ReLU({ name: 'b' })]);
 * (await utils.plotModel(model, { toFile: null, showShapes: true })).startsWith('<svg ');    // true
 * const text = await utils.plotModel(model, { format: 'mermaid', showLayerNames: true });
 * text.split('\n').at(1);    // '  n0["<b>a</b> (Dense)"]'
 * text.split('\n').at(3);    // '  n0 --> n1'
 * @see https://keras.io/api/utils/model_plotting_utils/#plotmodel-function
 */
export async function plotModel(model: Model<Tree<Tensor>>, options: PlotModelOptions = {}): Promise<string> {
  const who = 'utils.plotModel';
  const { format: given } = options;
  const { toFile = given === undefined || given === 'png' ? 'model.png' : null } = options;
  const allowed = [...DOT_OPTIONS.filter((option) => option !== 'subgraph'), 'toFile', 'format'];
  const read = readDrawingOptions(who, options, allowed, false);
  const format = formatFor(who, toFile, given);
  const graph = modelGraph(checkDrawable(who, model), read.expandNested);
  const text =
    format === 'mermaid'
      ? mermaidOf(graph, read)
      : format === 'dot'
        ? dotOf(graph, read)
        : // SVG has no resolution.
          await layOut(dotOf(graph, { ...read, dpi: POINTS }), model.name);
  if (toFile === null) return text;
  const content =
    format === 'png'
      ? await renderer.toPng(who, narrowed(text), read.dpi / POINTS, 'white')
      : new TextEncoder().encode(text);
  await files.writeFileAtomic(who, toFile, content);
  return text;
}

function formatFor(who: string, toFile: FilePath | null, given: unknown): ModelPlotFormat {
  const chosen = given === undefined ? null : checkChoice(who, 'format', given, ['svg', 'mermaid', 'dot', 'png']);
  if (toFile === null) {
    if (chosen !== 'png') return chosen ?? 'svg';
    throw new ValueError(`[${who}] a PNG needs a file. Received: format="png" and toFile=null.`);
  }
  if (chosen !== null) return chosen;
  const ending = /\.(\w+)$/.exec(String(toFile))?.[1]?.toLowerCase() ?? '';
  const format = Object.hasOwn(FORMATS, ending) ? FORMATS[ending] : undefined;
  if (format !== undefined) return format;
  throw new ValueError(
    `[${who}] toFile must end in one of ${Object.keys(FORMATS)
      .map((each) => `.${each}`)
      .join(', ')}. Received: toFile=${show(String(toFile))}. Or give a format.`,
  );
}

/** The picture of a graph as SVG, without a prologue, so that it can be a part of a page. */
async function layOut(dot: string, name: string): Promise<string> {
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz');
  const graphviz = await Graphviz.load();
  // One font for the frames of nested models, too.
  const svg = graphviz.layout(dot.replace('{', '{\nfontname=Helvetica;'), 'svg', 'dot');
  const start = svg.indexOf('<svg ');
  const title = `<title>${name.replace(/[&<>]/g, (character) => `&#${character.codePointAt(0)};`)}</title>`;
  return svg.slice(start).replace('<title>G</title>', title).replace('<svg ', '<svg role="img" ');
}

/** The sizes of DejaVu Sans, with which PNGs are drawn, that make text as wide as Graphviz has measured it for Helvetica. */
const WIDTHS = { normal: 0.86, bold: 0.8 } as const;

/** The picture with smaller text, which does not run into its neighbors in a wider font. */
function narrowed(svg: string): string {
  return svg.replaceAll(/<text [^>]*>/g, (tag) =>
    tag.replace(/(?<=font-size=")[\d.]+/, (size) =>
      (Number(size) * (tag.includes('font-weight="bold"') ? WIDTHS.bold : WIDTHS.normal)).toFixed(2),
    ),
  );
}
