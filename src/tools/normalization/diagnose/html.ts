import { escapeMarkup } from '../../../core/escape.ts';
import { plotsOf } from './plots.ts';
import type { Diagnosis, DiagnosisData, FaultKind, NoteKind } from './report.ts';
import { type LayerTable, TABLES, namesOf } from './text.ts';

/** The page's style, for light and dark color schemes. Verdicts differ by word as well as by color. */
const STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --quiet: #57606a; --page: #ffffff; --card: #f6f8fa; --line: #d0d7de;
  --fine: #1a7f37; --suspicious: #9a6700; --broken: #cf222e; --note: #0969da; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --quiet: #9198a1; --page: #0d1117; --card: #161b22;
  --line: #30363d; --fine: #3fb950; --suspicious: #d29922; --broken: #f85149; --note: #58a6ff; } }
body { margin: 0 auto; padding: 2rem 1.25rem; max-width: 66rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.75rem; }
.headline { font-size: 1.1rem; margin: 0.25rem 0; }
.quiet { color: var(--quiet); }
article { background: var(--card); border: 1px solid var(--line); border-left-width: 5px; border-radius: 6px;
  padding: 0.75rem 1rem; margin: 0.75rem 0; }
article p, article ul { margin: 0.25rem 0; }
article.suspicious { border-left-color: var(--suspicious); }
article.broken { border-left-color: var(--broken); }
article.note { border-left-color: var(--note); }
.verdict { font-weight: 600; }
.verdict.fine { color: var(--fine); }
.verdict.suspicious { color: var(--suspicious); }
.verdict.broken { color: var(--broken); }
.verdict.note { color: var(--note); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.9rem 0.3rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--quiet); font-weight: 600; }
.left { text-align: left; }
.right { text-align: right; }
svg { max-width: 100%; height: auto; }
`.trim();

/** The diagnosis as an HTML page without scripts or references. */
export async function htmlOf(diagnosis: DiagnosisData, hasPlots: boolean): Promise<string> {
  const { model, verdict, headline, rows, findings, notes } = diagnosis;
  const plots = hasPlots ? await Promise.all(plotsOf(diagnosis).map(async (plot) => plot.svg())) : [];
  const sections = [
    ...section('Findings, in the order of the expected effect', findings.map(card)),
    ...section('Notes', notes.map(card)),
    ...TABLES.flatMap((table) => section(table.title, [tableOf(table, diagnosis), quiet(table.legend)])),
    ...section(
      'Plots',
      plots.map((svg) => `<div class="scroll">${svg}</div>`),
    ),
  ];
  const title = `Normalization of ${model}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<style>
${STYLE}
</style>
</head>
<body>
<h1>${escapeMarkup(title)}</h1>
<p class="headline"><span class="verdict ${verdict}">${verdict}</span> – ${escapeMarkup(headline)}</p>
${quiet(`Measured on ${rows} rows of data.`)}
${sections.join('\n')}
</body>
</html>
`;
}

function section(title: string, blocks: readonly string[]): string[] {
  return blocks.length === 0 ? [] : [`<section>\n<h2>${title}</h2>\n${blocks.join('\n')}\n</section>`];
}

function card(finding: Diagnosis<FaultKind | NoteKind>): string {
  const { severity, message, advice } = finding;
  const layers = namesOf(finding).map((line) => `<li>${escapeMarkup(line)}</li>`);
  return `<article class="${severity}">
<p><span class="verdict ${severity}">${severity}</span>: ${escapeMarkup(message)}</p>
<ul>${layers.join('')}</ul>
<p>${escapeMarkup(advice)}</p>
</article>`;
}

const quiet = (text: string): string => `<p class="quiet">${escapeMarkup(text)}</p>`;

function tableOf({ columns }: LayerTable, { layers }: DiagnosisData): string {
  const head = columns.map(({ name, align }) => `<th class="${align}">${escapeMarkup(name)}</th>`);
  const rows = layers.map((layer) => {
    const cells = columns.map(({ name, align, cell }) => {
      const marked = name === 'Verdict' ? ` verdict ${layer.verdict}` : '';
      return `<td class="${align}${marked}">${escapeMarkup(cell(layer))}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<div class="scroll"><table>
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`;
}
