import { checkBoolean, checkChoice, checkNumber, checkOptions } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { Model } from '../../models/model.ts';

/** Options of the pictures of models. */
export interface ModelToDotOptions {
  /** Whether to show the shapes of inputs and outputs. @default false */
  readonly showShapes?: boolean | undefined;
  /** Whether to show the dtypes of outputs. @default false */
  readonly showDtype?: boolean | undefined;
  /** Whether to show the names of layers. @default true */
  readonly showLayerNames?: boolean | undefined;
  /** The direction of the edges: from top to bottom, from left to right, or in reverse. @default 'TB' */
  readonly rankdir?: 'TB' | 'LR' | 'BT' | 'RL' | undefined;
  /** Whether to draw the layers of nested models, in a frame for each of them. @default false */
  readonly expandNested?: boolean | undefined;
  /** The number of pixels per inch of a PNG. @default 200 */
  readonly dpi?: number | undefined;
  /** Whether to return a subgraph, as a part of a larger graph. @default false */
  readonly subgraph?: boolean | undefined;
  /** Whether to show the activations of layers that have one. @default false */
  readonly showLayerActivations?: boolean | undefined;
  /** Whether to show if layers with weights are trainable. @default false */
  readonly showTrainable?: boolean | undefined;
  /** The form of the edges: with right angles, curved, of straight pieces, or straight. @default 'ortho' */
  readonly splines?: 'ortho' | 'curved' | 'polyline' | 'spline' | 'line' | undefined;
}

/** Options that are complete. */
export interface DrawingOptions {
  readonly showShapes: boolean;
  readonly showDtype: boolean;
  readonly showLayerNames: boolean;
  readonly rankdir: 'TB' | 'LR' | 'BT' | 'RL';
  readonly expandNested: boolean;
  readonly dpi: number;
  readonly subgraph: boolean;
  readonly showLayerActivations: boolean;
  readonly showTrainable: boolean;
  readonly splines: 'ortho' | 'curved' | 'polyline' | 'spline' | 'line';
}

const SWITCHES = [
  'showShapes',
  'showDtype',
  'expandNested',
  'subgraph',
  'showLayerActivations',
  'showTrainable',
] as const;

/** The names of the options of `modelToDot`. */
export const DOT_OPTIONS: readonly string[] = [...SWITCHES, 'showLayerNames', 'rankdir', 'dpi', 'splines'];

/** Checks options, and completes them. @throws TypeError, ValueError */
export function readDrawingOptions(
  who: string,
  options: ModelToDotOptions,
  allowed: readonly string[],
  showsNames: boolean,
): DrawingOptions {
  checkOptions(who, options, allowed);
  const [showShapes, showDtype, expandNested, subgraph, showLayerActivations, showTrainable] = SWITCHES.map((option) =>
    checkBoolean(who, option, options[option] ?? false),
  ) as [boolean, boolean, boolean, boolean, boolean, boolean];
  const dpi = checkNumber(who, 'dpi', options.dpi ?? 200);
  if (!(dpi > 0)) throw new ValueError(`[${who}] dpi must be positive. Received: dpi=${dpi}.`);
  return {
    ...{ showShapes, showDtype, expandNested, subgraph, showLayerActivations, showTrainable, dpi },
    showLayerNames: checkBoolean(who, 'showLayerNames', options.showLayerNames ?? showsNames),
    rankdir: checkChoice(who, 'rankdir', options.rankdir ?? 'TB', ['TB', 'LR', 'BT', 'RL']),
    splines: checkChoice(who, 'splines', options.splines ?? 'ortho', ['ortho', 'curved', 'polyline', 'spline', 'line']),
  };
}

/** Checks the argument `model`. @throws TypeError if it is no model; ValueError if it is not built. */
export function checkDrawable(who: string, model: unknown): Model {
  if (!(model instanceof Model)) throw new TypeError(`[${who}] model must be a model. Received: model=${show(model)}.`);
  if (model.built) return model as Model;
  throw new ValueError(
    `[${who}] the model must be built. Received: ${model.who}, which is not. Call model.build(shape), or give its first layer an input shape.`,
  );
}
