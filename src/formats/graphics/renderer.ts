/** A specification in the Vega-Lite language. */
export type Spec = Readonly<Record<string, unknown>>;

/** The libraries that draw, behind one interface per environment. */
export interface Renderer {
  /** Returns the SVG of a Vega-Lite specification, as Vega writes it. */
  toSvg(who: string, spec: Spec): Promise<string>;
  /** Returns the PNG of an SVG on a background of one color, with `scale` pixels for each of its units. */
  toPng(who: string, svg: string, scale: number, background: string): Promise<Uint8Array>;
}
