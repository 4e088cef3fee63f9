/**
 * npm run labs:page: writes docs/labs.md from the results in docs/labs/.
 *
 * npm run labs:page -- --check: fails if the page differs. A test checks it too.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { showEstimate } from './lab.ts';
import { type Results, readResults } from './results.ts';

const path = fileURLToPath(new URL('../docs/labs.md', import.meta.url));

const marks = {
  holds: '✔ holds',
  'holds partly': '◐ holds partly',
  'does not hold here': '✘ does not hold here',
} as const;

function sectionOf(result: Results): string {
  const { name, title, claim, setup, verdict, checks, observations, plots, command, seeds, seconds, date } = result;
  const rows = checks.map((entry) => {
    const cells = [entry.statement, showEstimate(entry), entry.holds ? 'yes' : 'no'];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  const machine = Object.entries(result.machine).map(([key, value]) => `${key} ${value}`);
  return [
    `## ${title}`,
    `**Claim.** ${claim}`,
    `**Verdict: ${marks[verdict]}.**`,
    ['| check | mean over seeds [95% interval] | holds |', '| --- | --- | --- |', ...rows].join('\n'),
    ...plots.map(({ file, title: alt }) => `![${alt}](labs/${file})`),
    ...(observations.length === 0 ? [] : [observations.map((text) => `- ${text}`).join('\n')]),
    `**Setup.** ${setup}`,
    `Numbers: [labs/${name}.json](labs/${name}.json), from \`${command}\`, seeds ${seeds.join(', ')}, ${Math.round(seconds)} s on ${date} (${machine.join(', ')}).`,
  ].join('\n\n');
}

/** The page as it is, and as the results say it should be. */
export async function labsPage(): Promise<{ readonly present: string; readonly expected: string }> {
  const results = readResults();
  const summary = results.map(
    ({ name, title, verdict }) => `| [${title}](#${anchor(title)}) | \`${name}\` | ${marks[verdict]} |`,
  );
  const text = [
    '# Claims about batch normalization, tested',
    'The article with which this project started, and the papers behind it, make claims about batch normalization. Each lab trains networks on the digits of MNIST and tests one of them. The statements that decide, with their bounds, are in the source of the lab and were written before it ran. Every number is measured over seeds, and a check holds only if the 95% t-interval of the mean, over paired seeds, is entirely on the right side of the bound. A claim holds if all its checks do, partly if some do, and otherwise it does not hold here: with these small networks and short runs, which says little about large ones.',
    '```sh\nnpm run lab converges-faster    # one lab\nnpm run labs                    # all of them\nnpm run labs -- --quick         # a test that they work, without results\nnpm run labs:page               # this page, from docs/labs/\n```',
    ['| lab | name | verdict |', '| --- | --- | --- |', ...summary].join('\n'),
    ...results.map(sectionOf),
  ].join('\n\n');
  const expected = await format(`${text}\n`, { ...(await resolveConfig(path)), parser: 'markdown' });
  return { present: existsSync(path) ? readFileSync(path, 'utf8') : '', expected };
}

/** The anchor that GitHub gives to a heading. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { present, expected } = await labsPage();
  if (!process.argv.includes('--check')) {
    writeFileSync(path, expected);
  } else if (present !== expected) {
    console.error('docs/labs.md differs from the results in docs/labs/: run npm run labs:page.');
    process.exitCode = 1;
  }
}
