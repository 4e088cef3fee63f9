import katex from 'katex';
import type { MarkdownRenderer } from 'vitepress';
import { toTex } from './to-tex.ts';

/** Renders an indented block as a formula, or returns null if it is not one. */
export function renderFormula(block: string): string | null {
  const tex = toTex(block);
  if (tex === null) return null;
  return katex.renderToString(tex, { displayMode: true, output: 'htmlAndMathml', strict: false, throwOnError: true });
}

/** A plugin of markdown-it: indented blocks, which are the formulas of docstrings and guides, are typeset when the site is built. */
export function formulas(md: MarkdownRenderer): void {
  const asCode = md.renderer.rules.code_block;
  md.renderer.rules.code_block = (tokens, index, options, env, self) => {
    const formula = isSearch(env) ? null : renderFormula(tokens[index]?.content ?? '');
    if (formula !== null) return `<div class="formula" tabindex="0" v-pre>${formula}</div>\n`;
    return asCode?.(tokens, index, options, env, self) ?? '';
  };
}

/** The part of markdown-it's interface that the plugin needs. */
interface Markdown {
  readonly options: { highlight?: unknown };
  render(source: string, env: object): string;
}

/** Renders a page for the index of the search: without colors and formulas, whose marks nobody searches. */
export function renderForSearch(source: string, env: object, md: Markdown): string {
  const { highlight } = md.options;
  md.options.highlight = null;
  try {
    return md.render(source, Object.assign(env, { isSearch: true }));
  } finally {
    md.options.highlight = highlight;
  }
}

function isSearch(env: unknown): boolean {
  return typeof env === 'object' && env !== null && 'isSearch' in env;
}
