import type { Plugin } from 'vite';

/**
 * Lets the page ask for its font together with its styles, so that text seldom shows in the fallback first.
 * `name` is how the font's file is called before its hash.
 */
export function preloadFont(name: string): Plugin {
  return {
    name: 'preload-font',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const file = Object.keys(bundle).find((path) => path.includes(name));
        if (!file) throw new Error(`the font ${name} is not in the bundle`);
        return [
          {
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${file}`, crossorigin: true },
            injectTo: 'head-prepend',
          },
        ];
      },
    },
  };
}
