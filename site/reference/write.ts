import type { DefaultTheme } from 'vitepress';
import { writePage } from '../prepare/copy-guides.ts';
import type { Exports } from './convert.ts';
import { type Module, Places, groupOf, modulesOf } from './places.ts';
import { Renderer } from './render.ts';

/** The titles of the pages of `evenkeel/ops`. */
const OPS_GROUPS: Readonly<Record<string, string>> = {
  core: 'Core and control flow',
  numpy: 'numpy',
  nn: 'nn',
  linalg: 'linalg',
  math: 'math',
  other: 'More operations',
};

/** Writes the pages of the reference. Returns their sidebar. */
export async function writeReference({ project, signatures }: Exports): Promise<DefaultTheme.SidebarItem[]> {
  const modules = modulesOf(project, (each) => (signatures.get(each)?.length ?? 0) > 0);
  const renderer = new Renderer(signatures, new Places(modules), modules);
  await writePage('api/index', overview(modules, renderer));
  const sidebar: DefaultTheme.SidebarItem[] = [{ text: 'Overview', link: '/api/index' }];
  for (const module of modules) sidebar.push(await writeModule(module, renderer));
  return sidebar;
}

function overview(modules: readonly Module[], renderer: Renderer): string {
  const rows = modules.map(
    ({ name, folder, reflection }) =>
      `| [\`${name}\`](/${folder}/index) | ${renderer.description(reflection).split('\n\n', 1)[0]?.replaceAll('\n', ' ') ?? ''} |`,
  );
  return [
    '# Reference',
    'Every export with its docstring. Names, arguments and defaults are those of Keras 3, in camelCase; each example is run by a test, and each value in its comments is compared.',
    ['| module | |', '| --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}

async function writeModule(module: Module, renderer: Renderer): Promise<DefaultTheme.SidebarItem> {
  const { name, folder, reflection, classes, functions } = module;
  const types = [...module.constants, ...module.types];
  const items: DefaultTheme.SidebarItem[] = [];
  const sections: string[] = [];
  const page = async (path: string, title: string, text: string): Promise<void> => {
    await writePage(`${folder}/${path}`, text);
    items.push({ text: title, link: `/${folder}/${path}` });
  };
  for (const each of classes) await page(each.name, each.name, renderer.class(each, module));
  if (classes.length > 0) sections.push(`## Classes\n\n${renderer.list(classes)}`);
  const groups = new Map<string, typeof functions>();
  if (name === 'evenkeel/ops') {
    for (const group of Object.keys(OPS_GROUPS))
      groups.set(
        group,
        functions.filter((each) => groupOf(each) === group),
      );
  } else if (functions.length > 0) groups.set('functions', functions);
  for (const [group, members] of groups) {
    if (members.length === 0) continue;
    const title = OPS_GROUPS[group] ?? 'Functions';
    await page(
      group,
      title,
      [
        `# ${name === 'evenkeel/ops' ? `ops: ${title}` : `Functions of ${name}`}`,
        ...members.map((each) => renderer.function(each)),
      ].join('\n\n'),
    );
    sections.push(`## ${title}\n\n${renderer.list(members)}`);
  }
  const others = types.filter((type) => !classes.some((each) => type.name === `${each.name}Options`));
  if (others.length > 0) {
    await page('types', 'Types', [`# Types of ${name}`, ...others.map((each) => renderer.type(each))].join('\n\n'));
    sections.push(`## Types\n\n${renderer.list(others)}`);
  }
  await writePage(`${folder}/index`, [`# ${name}`, renderer.description(reflection), ...sections].join('\n\n'));
  return { text: name, link: `/${folder}/index`, collapsed: true, items };
}
