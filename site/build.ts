/** Builds the site into site/dist/: npm run site. With `--pages` it stops before VitePress, whose server then shows the pages. */
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as buildPage } from 'vite';
import { build as buildSite } from 'vitepress';
import { readExports } from './reference/convert.ts';
import { writeReference } from './reference/write.ts';
import { copyGuides } from './prepare/copy-guides.ts';
import { faultsIn } from './prepare/check-built.ts';
import { examplePages, writeExamples } from './prepare/write-examples.ts';
import { dist, pages, root } from './prepare/places.ts';

const site = fileURLToPath(new URL('.', import.meta.url));
const started = performance.now();

/** Runs a step and prints how long it took. */
async function step(name: string, run: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  await run();
  console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

await rm(pages, { recursive: true, force: true });
await step('guides', async () => {
  await copyGuides(examplePages);
  await cp(join(site, 'public'), join(pages, 'public'), { recursive: true });
});
await step('examples', async () => {
  await writeFile(join(pages, 'examples/sidebar.json'), JSON.stringify(await writeExamples()));
  await buildPage({
    root: join(root, 'examples/web-page'),
    configFile: join(site, 'web-page.config.ts'),
    logLevel: 'error',
    build: { outDir: join(pages, 'public/web-page'), emptyOutDir: true },
  });
});
await step('reference', async () => {
  const sidebar = await writeReference(await readExports());
  await writeFile(join(pages, 'api/sidebar.json'), JSON.stringify(sidebar));
});
await step('playground', () =>
  buildPage({
    configFile: join(root, 'playground/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: join(pages, 'public/playground'), emptyOutDir: true },
  }),
);
if (!process.argv.includes('--pages')) {
  await step('site', () => buildSite(site, { outDir: dist }));
  await step('links', async () => {
    const faults = await faultsIn(dist);
    if (faults.length > 0) throw new Error(`The site has faults:\n${faults.join('\n')}`);
  });
  console.log(`${dist}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
