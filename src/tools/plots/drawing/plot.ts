import { checkChoice, checkNumber, checkOptions } from '../../../core/checks.ts';
import { ValueError } from '../../../core/errors.ts';
import { renderer } from '#graphics';
import type { Spec } from '../../../formats/graphics/renderer.ts';
import { finishSvg } from './svg.ts';
import { type Theme, config, inks } from './theme.ts';

/** Options of {@link Plot.png}. */
export interface PngOptions {
  /**
   * The number of pixels for each unit of length.
   *
   * @default 2
   */
  readonly scale?: number;
  /**
   * The colors of text, axes and background.
   *
   * @default 'light'
   */
  readonly theme?: Theme;
}

/**
 * A chart, to be drawn as SVG or PNG.
 *
 * Drawing needs Node and the optional packages `vega`, `vega-lite`, `@resvg/resvg-js` and `dejavu-fonts-ttf`, which are
 * loaded with the first plot. In a browser, draw `plot.spec` with vega-embed.
 */
export class Plot {
  /** The title, which also describes the picture to screen readers. */
  readonly title: string;
  /** The chart alone, as a part of a larger specification. */
  readonly view: Spec;
  /** The number of columns of the legend. */
  readonly legendColumns: number;

  constructor(title: string, view: Spec, legendColumns = 1) {
    this.title = title;
    this.view = view;
    this.legendColumns = legendColumns;
  }

  /** The complete specification in the Vega-Lite language. */
  get spec(): Spec {
    const legend = { ...config.legend, columns: this.legendColumns };
    return { $schema: 'https://vega.github.io/schema/vega-lite/v6.json', config: { ...config, legend }, ...this.view };
  }

  /**
   * Returns the plot as SVG with a transparent background, whose text and axes follow the page's color scheme.
   *
   * @throws NotImplementedError in browsers, or if an optional package is not installed.
   */
  async svg(): Promise<string> {
    return finishSvg(await renderer.toSvg('Plot.svg', this.spec), this.title, 'page');
  }

  /**
   * Returns the plot as the bytes of a PNG file.
   *
   * @throws NotImplementedError in browsers, or if an optional package is not installed.
   */
  async png(options: PngOptions = {}): Promise<Uint8Array> {
    const who = 'Plot.png';
    checkOptions(who, options, ['scale', 'theme']);
    const scale = checkNumber(who, 'scale', options.scale ?? 2);
    if (!(scale > 0)) throw new ValueError(`[${who}] scale must be positive. Received: scale=${scale}.`);
    const theme = checkChoice(who, 'theme', options.theme ?? 'light', ['light', 'dark']);
    const svg = finishSvg(await renderer.toSvg(who, this.spec), this.title, theme);
    return renderer.toPng(who, svg, scale, inks[theme].background);
  }
}
