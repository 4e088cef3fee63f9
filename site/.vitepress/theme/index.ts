import type { Theme } from 'vitepress';
// Without the theme's web font: the system's fonts are good, and nothing has to be loaded.
import DefaultTheme from 'vitepress/theme-without-fonts';
import 'katex/dist/katex.min.css';
import './style.css';

const theme: Theme = { extends: DefaultTheme };

export default theme;
