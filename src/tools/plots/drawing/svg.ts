import { escapeControls, escapeMarkup } from '../../../core/escape.ts';
import { type Theme, styleOf } from './theme.ts';

/** Attributes and elements of Vega's SVG that serve only its interaction. */
const idle = [
  /<path class="(?:background|foreground)"[^>]*? (?:display="none"|d="M0,0h0v0h0Z")[^>]*\/>/g,
  /<path class="background"(?![^>]* (?:stroke|fill)="(?!none))[^>]*\/>/g,
  /<text [^>]*opacity="0"[^>]*>[^<]*<\/text>/g,
  / (?:aria-[a-z]+|role|pointer-events|opacity)="(?:true|none|1)"/g,
];

/**
 * Finishes Vega's SVG: for a page, with the colors of both color schemes, and with identifiers that no other plot of the
 * page has; for pixels, with the colors of one theme.
 */
export function finishSvg(svg: string, title: string, theme: Theme | 'page'): string {
  const scope = `plot-${fingerprint(svg)}`;
  // XML cannot contain control characters.
  const lean = escapeControls(idle.reduce((text, pattern) => text.replaceAll(pattern, ''), svg));
  const named = lean
    .replaceAll(/ (?:d|transform)="[^"]*"/g, roundPlaces)
    .replaceAll(/(id="|url\(#)((?:clip|gradient_)\d+)/g, `$1${scope}-$2`)
    .replace('class="marks"', () => `class="${scope}" role="img" aria-label="${escapeMarkup(title)}"`);
  const style =
    theme === 'page' ? `@media (prefers-color-scheme:dark){${styleOf(scope, 'dark')}}` : styleOf(scope, theme);
  return named.replace(/^<svg[^>]*>/, (open) => `${open}<style>${style}</style>`);
}

/** Rounds the numbers of an attribute to hundredths of a pixel. */
function roundPlaces(attribute: string): string {
  return attribute.replaceAll(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))));
}

/** The FNV-1a hash of a text, so that the same plot always has the same identifiers. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash.toString(36);
}
