import { NotImplementedError } from '../../core/errors.ts';
import type { Renderer } from './renderer.ts';

/** The implementation for browsers: bundles stay free of the plot libraries, and the page chooses one. */
export const renderer: Renderer = { toSvg: refuse, toPng: refuse };

async function refuse(who: string): Promise<never> {
  return Promise.reject(
    new NotImplementedError(`[${who}] plots are drawn in Node. In a browser, pass plot.spec to vega-embed.`),
  );
}
