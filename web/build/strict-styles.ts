import type { Plugin } from 'vite';

/** How media-chrome's elements write their template, `<style>` included, into their shadow root. */
const templateWrites = [
  'this.shadowRoot.setHTMLUnsafe ? this.shadowRoot.setHTMLUnsafe(html) : this.shadowRoot.innerHTML = html',
  'this.shadowRoot.innerHTML = this.constructor.getTemplateHTML(attrs)',
];
/** How they find the style sheet whose rules they change afterwards. */
const sheetLookup = 'styleParent.querySelectorAll("style:not([media])")';
const runtime = '/src/player/shadow-styles.ts';

/**
 * Makes media-chrome work under `style-src 'self'`: its elements carry their styles as `<style>` in their templates,
 * which the policy forbids in shadow roots too. Constructed style sheets are allowed, so each place that writes a
 * template is led through renderShadow(), which turns the one into the other. The build stops when a version of
 * media-chrome does it in a way that is not known here.
 */
export function strictStyles(): Plugin {
  return {
    name: 'strict-styles',
    transform: {
      filter: { id: /[\\/]media-chrome[\\/]dist[\\/].*\.js(\?|$)/ },
      handler(code, id) {
        if (/[\\/]element-utils\.js/.test(id)) {
          if (!code.includes(sheetLookup)) this.error(`${id} finds its style sheets in an unknown way`);
          return `import { sheetsOf } from '${runtime}';\n${code.replaceAll(sheetLookup, 'sheetsOf(styleParent)')}`;
        }
        if (!code.includes('<style>')) return null;
        const [, inline] = templateWrites;
        const changed = templateWrites.reduce(
          (text, write) =>
            text.replaceAll(
              write,
              `renderShadow(this.shadowRoot, ${write === inline ? 'this.constructor.getTemplateHTML(attrs)' : 'html'})`,
            ),
          code,
        );
        // A subclass has only its part of the template; its base class writes it.
        if (/shadowRoot\.(innerHTML =|setHTMLUnsafe)/.test(changed)) {
          this.error(`${id} writes its template in an unknown way`);
        }
        return changed === code ? null : `import { renderShadow } from '${runtime}';\n${changed}`;
      },
    },
  };
}
