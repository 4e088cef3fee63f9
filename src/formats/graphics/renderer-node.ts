import { fileURLToPath } from 'node:url';
import { NotImplementedError } from '../../core/errors.ts';
import type { Renderer } from './renderer.ts';

/** Vega draws SVG without a document, and resvg turns it into pixels with a font of its own. */
export const renderer: Renderer = {
  async toSvg(who, spec) {
    const [vega, vegaLite] = await load(who, () => Promise.all([import('vega'), import('vega-lite')]));
    measureText(vega);
    const compiled = vegaLite.compile(spec as unknown as Parameters<typeof vegaLite.compile>[0]);
    const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none' });
    try {
      return await view.toSVG();
    } finally {
      view.finalize();
    }
  },

  async toPng(who, svg, scale, background) {
    const { Resvg } = await load(who, () => import('@resvg/resvg-js'));
    const fontFiles = await load(who, async () =>
      ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) =>
        fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}`)),
      ),
    );
    const family = 'DejaVu Sans';
    const image = new Resvg(svg, {
      background,
      fitTo: { mode: 'zoom', value: scale },
      font: { loadSystemFonts: false, fontFiles, defaultFontFamily: family, sansSerifFamily: family },
    });
    return new Uint8Array(image.render().asPng());
  },
};

/** The measures by which Vega lays out text. */
interface TextMetrics {
  width: (item: { readonly fontSize?: number; readonly fontWeight?: string | number }, text: unknown) => number;
}

/**
 * Replaces Vega's estimate of the width of text without a canvas, 0.8 of the font's size for each character, by the widths of
 * DejaVu Sans, which is wide. With Vega's, titles make pictures far too wide.
 */
function measureText(vega: object): void {
  if (!('textMetrics' in vega)) return;
  const metrics = vega.textMetrics as TextMetrics;
  metrics.width = ({ fontSize = 11, fontWeight }, text) =>
    (fontWeight === 'bold' ? 0.67 : 0.6) * fontSize * String(text).length;
}

/** Optional packages, which are loaded with the first plot. */
async function load<T>(who: string, packages: () => Promise<T>): Promise<T> {
  try {
    return await packages();
  } catch (cause) {
    throw new NotImplementedError(
      `[${who}] plots need optional packages. Run npm install vega vega-lite @resvg/resvg-js dejavu-fonts-ttf. Received: ${String(cause)}`,
      { cause },
    );
  }
}
