import { type UserConfig, defineConfig } from 'vite';
import playground from '../playground/vite.config.ts';

/** The example that is a page, with the package's names led to the sources, as in the playground. */
const config: UserConfig = defineConfig({
  base: './',
  resolve: playground.resolve ?? {},
  build: { target: 'es2023', chunkSizeWarningLimit: 1000 },
});

export default config;
