/**
 * What a language calls itself, such as Deutsch; its tag (BCP 47) when that is not known. Private subtags, such as those
 * of `en-x-sdh`, are left out.
 */
export function ownName(language: string): string {
  const [tag = ''] = language.split(/(?:^|-)x-/i);
  if (tag === '' || tag === 'und') return 'Unknown language';
  return (new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag).slice(0, 100);
}
