import type { Spec } from '../../../formats/graphics/renderer.ts';

/**
 * The colors of series, which people with any color vision can tell apart: those of Okabe and Ito that are visible on
 * white and on black, and a gray.
 *
 * @see https://jfly.uni-koeln.de/color/
 */
export const palette: readonly string[] = [
  '#0072b2', // blue
  '#d55e00', // vermilion
  '#009e73', // bluish green
  '#cc79a7', // reddish purple
  '#e69f00', // orange
  '#56b4e9', // sky blue
  '#8c8c8c', // gray
];

/** The colors of everything that is not data. */
interface Ink {
  readonly background: string;
  readonly text: string;
  readonly axis: string;
  readonly grid: string;
}

/** The color of marks that are not data, legible on white and on black. */
export const gray = '#7d8590';

/** A color scheme of a page. */
export type Theme = 'light' | 'dark';

export const inks: Readonly<Record<Theme, Ink>> = {
  light: { background: '#ffffff', text: '#1f2328', axis: '#6e7781', grid: '#e3e6ea' },
  dark: { background: '#0d1117', text: '#e6edf3', axis: '#8b949e', grid: '#2a3038' },
};

const { text, axis, grid } = inks.light;

/** The look of all plots. Vega measures text without a font, so labels have some room to spare. */
export const config: Spec & { readonly legend: Spec } = {
  aria: false,
  background: null,
  font: 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif',
  padding: 10,
  view: { stroke: null },
  axis: {
    domainColor: axis,
    tickColor: axis,
    gridColor: grid,
    labelColor: text,
    titleColor: text,
    labelFontSize: 12,
    titleFontSize: 13,
    titleFontWeight: 'normal',
    titlePadding: 8,
    labelLimit: 240,
    labelOverlap: 'greedy',
  },
  legend: {
    orient: 'bottom',
    labelColor: text,
    titleColor: text,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    labelLimit: 320,
    symbolSize: 120,
    symbolStrokeWidth: 3,
    symbolOpacity: 1,
  },
  title: {
    color: text,
    subtitleColor: text,
    fontSize: 15,
    subtitleFontSize: 12,
    subtitlePadding: 4,
    anchor: 'start',
    frame: 'group',
    offset: 12,
  },
  axisX: { labelFlush: false },
  line: { strokeWidth: 2 },
};

/** The parts of a plot that follow the page's color scheme, as CSS within the element with the class `scope`. */
export function styleOf(scope: string, theme: Theme): string {
  const ink = inks[theme];
  const inText = ['axis-label', 'axis-title', 'legend-label', 'legend-title', 'title-text', 'title-subtitle'];
  const select = (parts: readonly string[], element: string): string =>
    parts.map((part) => `.${scope} .role-${part} ${element}`).join(',');
  return [
    `${select(inText, 'text')}{fill:${ink.text}}`,
    `${select(['axis-domain', 'axis-tick'], 'line')}{stroke:${ink.axis}}`,
    `${select(['axis-grid'], 'line')}{stroke:${ink.grid}}`,
    `.${scope} .mark-rule.role-mark line{stroke:${ink.text}}`,
  ].join('');
}
