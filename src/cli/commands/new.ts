import { access, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { InternalError, show } from '../../core/errors.ts';
import { escapeLine } from '../../core/escape.ts';
import { VERSION } from '../../core/version.ts';
import { type Session, addCommand } from '../common/command.ts';
import { wrongCall } from '../common/failure.ts';

interface NewOptions {
  readonly template: string;
  readonly json?: boolean;
}

/** The templates, with the commands that follow `npm install`. */
const TEMPLATES: Readonly<Record<string, string>> = { node: 'npm run train', vite: 'npm run dev' };

/** The entries of a folder that counts as empty. */
const IGNORED = new Set(['.git', '.DS_Store']);

export function addNew(program: Command, session: Session): void {
  addCommand(program, 'new', 'Write a starter project in TypeScript that trains a small network on generated data.', [
    'evenkeel new moons',
    'evenkeel new page --template vite',
  ])
    .argument('[folder]', 'the folder of the project, which must be empty or not exist', '.')
    .option('-t, --template <name>', `a program for Node, or a page: ${Object.keys(TEMPLATES).join(', ')}`, 'node')
    .action(async (folder: string, options: NewOptions) => makeProject(session, folder, options));
}

async function makeProject(session: Session, given: string, { template, json }: NewOptions): Promise<void> {
  const run = Object.hasOwn(TEMPLATES, template) ? TEMPLATES[template] : undefined;
  if (run === undefined) {
    const known = Object.keys(TEMPLATES).join(', ');
    throw wrongCall(`--template must be one of ${known}. Received: ${show(template)}.`);
  }
  const folder = resolve(given);
  await checkEmpty(given, folder);
  const values = { name: packageName(basename(folder)), version: VERSION };
  const root = await templatesFolder();
  const written: string[] = [];
  for (const source of [join(root, 'shared'), join(root, template)]) {
    for (const file of await filesIn(source)) {
      const text = await readFile(join(source, file), 'utf8');
      const target = file === 'gitignore' ? '.gitignore' : file;
      await mkdir(dirname(join(folder, target)), { recursive: true });
      await writeFile(join(folder, target), filled(text, values));
      written.push(target.replaceAll('\\', '/'));
    }
  }
  const place = relative(process.cwd(), folder);
  session.report(
    json,
    () => ({ folder, template, files: written.sort() }),
    () =>
      [
        `${written.length} files in ${escapeLine(given)}. Next:`,
        '',
        ...(place === '' ? [] : [`  cd ${escapeLine(/[^\w./\\:-]/.test(given) ? JSON.stringify(given) : given)}`]),
        '  npm install',
        `  ${run}`,
      ].join('\n'),
  );
}

async function checkEmpty(given: string, folder: string): Promise<void> {
  let entries: readonly string[];
  try {
    entries = await readdir(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT') return;
    throw wrongCall(`${show(given)} must be a folder that can be written. Received: ${String(error)}`, error);
  }
  const found = entries.filter((name) => !IGNORED.has(name));
  if (found.length === 0) return;
  throw wrongCall(
    `${show(given)} must be an empty folder. Received: one with ${found.slice(0, 3).map(show).join(', ')}${found.length > 3 ? ', …' : ''}. Name another folder: evenkeel new my-project.`,
  );
}

/** A name that npm accepts, made of that of a folder. */
function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9._~-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '')
    .slice(0, 200);
  return name === '' || ['node_modules', 'favicon.ico', 'evenkeel'].includes(name) ? 'evenkeel-project' : name;
}

const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\{\{(name|version)\}\}/g, (_, key: string) => values[key] ?? '');

/** The folder of the templates in the package: this file is in src/ or, bundled, in dist/. */
async function templatesFolder(): Promise<string> {
  let at = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const folder = join(at, 'templates');
    try {
      await access(join(folder, 'node', 'package.json'));
      return folder;
    } catch {
      if (dirname(at) === at) throw new InternalError('the package has no templates.');
      at = dirname(at);
    }
  }
}

/** The paths of the files in a folder, relative to it. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
