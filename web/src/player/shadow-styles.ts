/**
 * Renders an element's template into its shadow root, with the template's styles as a constructed style sheet, which
 * a content security policy of `style-src 'self'` allows, and not as `<style>`, which it forbids. build/strict-styles.ts
 * has media-chrome's elements call it.
 */
export function renderShadow(root: ShadowRoot, html: string): void {
  const template = document.createElement('template');
  template.innerHTML = html;
  // Elements that come with a shadow root of their own in the template make it themselves, through here.
  for (const nested of template.content.querySelectorAll('template[shadowrootmode]')) nested.remove();
  const styles = [...template.content.querySelectorAll('style')];
  // Those with a media query are a menu's other layout, which is off (`width:0`) and stays so here.
  const rules = styles.filter(({ media }) => media === '').map((style) => style.textContent);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules.join('\n'));
  for (const style of styles) style.replaceWith(stub(style));
  root.adoptedStyleSheets.push(sheet);
  root.append(document.importNode(template.content, true));
}

/** Takes a style's place, for who looks it up by its id. */
function stub(style: HTMLStyleElement): HTMLElement {
  const element = document.createElement('template');
  element.id = style.id;
  return element;
}

/** The style sheets of a shadow root, in the shape of the `<style>` elements that media-chrome looks for. */
export function sheetsOf(root: Document | ShadowRoot): { sheet: CSSStyleSheet }[] {
  return root.adoptedStyleSheets.map((sheet) => ({ sheet }));
}
