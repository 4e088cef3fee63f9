import { type ModelGraph, type GraphNode, isNested, modelGraph } from './model-graph.ts';
import { nodeParts } from './node-parts.ts';
import {
  DOT_OPTIONS,
  type DrawingOptions,
  type ModelToDotOptions,
  checkDrawable,
  readDrawingOptions,
} from './options.ts';
import type { Model } from '../../models/model.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';

/**
 * Returns a graph of a model in the DOT language of Graphviz, as Keras writes it: a node for each layer, or for each layer of nested
 * models with `expandNested`.
 *
 * @throws TypeError if the model is none, or an option is unknown; ValueError if it is not built.
 * @example
 * const model = new Sequential([Input({ shape: [4] }), new layers.Dense(2, { name: 'a' }), new layers.Dense(1, { name: 'b' })]);
 * utils.modelToDot(model).split('\n').at(0);    // 'digraph G {'
 * utils.modelToDot(model, { rankdir: 'LR' }).includes('rankdir=LR');    // true
 * @see https://keras.io/api/utils/model_plotting_utils/#modeltodot-function
 */
export function modelToDot(model: Model<Tree<Tensor>>, options: ModelToDotOptions = {}): string {
  const who = 'utils.modelToDot';
  const read = readDrawingOptions(who, options, DOT_OPTIONS, true);
  return dotOf(modelGraph(checkDrawable(who, model), read.expandNested), read);
}

/** The graph in the DOT language. */
export function dotOf(graph: ModelGraph, options: DrawingOptions): string {
  const taken = new Set<string>();
  if (options.subgraph) return subgraph(graph, options, taken);
  const { rankdir, dpi, splines } = options;
  const head = [
    `rankdir=${rankdir};`,
    'concentrate=true;',
    `dpi=${dpi};`,
    `splines=${splines};`,
    'node [shape=record];',
  ];
  return `${['digraph G {', ...head, ...statements(graph, options, taken), '}'].join('\n')}\n`;
}

function statements({ parts, edges }: ModelGraph, options: DrawingOptions, taken: Set<string>): readonly string[] {
  return [
    ...parts.map((part) => (isNested(part) ? subgraph(part, options, taken) : nodeStatement(part, options))),
    ...edges.map(([from, to]) => `${quoted(from)} -> ${quoted(to)} [penwidth=2];`),
  ];
}

function subgraph(graph: ModelGraph, options: DrawingOptions, taken: Set<string>): string {
  // Graphviz merges frames of one name.
  let name = graph.name;
  for (let i = 1; taken.has(name); i++) name = `${graph.name}_${i}`;
  taken.add(name);
  const head = ['style=dashed;', `label=${quoted(graph.name)};`, 'labeljust=l;'];
  const lines = [`subgraph ${identifier(`cluster_${name}`)} {`, ...head, ...statements(graph, options, taken), '}'];
  return lines.join('\n');
}

function nodeStatement({ id, layer }: GraphNode, options: DrawingOptions): string {
  const { name, className, activation, columns, trainable } = nodeParts(layer, options);
  const head = name === null ? `<b>${escape(className)}</b>` : `<b>${escape(name)}</b> (${escape(className)})`;
  const { showDtype, showTrainable, showShapes } = options;
  const span = Math.max(1, Number(showDtype) + Number(showTrainable) + (showShapes ? 2 : 0));
  const large = '<font point-size="14">';
  const cells = [
    ...columns.map(([label, value]) => `<td bgcolor="white">${large}${label}: <b>${escape(value)}</b></font></td>`),
    ...(trainable === null
      ? []
      : [
          `<td bgcolor="${trainable ? 'forestgreen' : 'firebrick'}"><font point-size="14" color="white"><b>${trainable ? 'Trainable' : 'Non-trainable'}</b></font></td>`,
        ]),
  ];
  const rows = [
    `<tr><td colspan="${span}" bgcolor="black"><font point-size="16" color="white">${head}</font></td></tr>`,
    ...(activation === null
      ? []
      : [
          `<tr><td bgcolor="white" colspan="${span}">${large}Activation: <b>${escape(activation)}</b></font></td></tr>`,
        ]),
    ...(cells.length === 0 ? [] : [`<tr>${cells.join('')}</tr>`]),
  ];
  const table = `<table border="0" cellborder="1" bgcolor="black" cellpadding="10">${rows.join('')}</table>`;
  return `${quoted(id)} [label=<${table}>, fontname=Helvetica, border=0, margin=0];`;
}

/** Characters of a label that Graphviz would read as markup; names come from files. */
const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`).replaceAll(/\p{Cc}/gu, ' ');

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const KEYWORDS = new Set(['node', 'edge', 'graph', 'digraph', 'subgraph', 'strict']);

/** A name, which needs no quotation marks if it is an identifier of the language. */
const identifier = (text: string): string =>
  /^[A-Za-z_]\w*$/.test(text) && !KEYWORDS.has(text.toLowerCase()) ? text : quoted(text);
