/** A vector selector: the metric, and which of its series. */
export interface Selector {
  metric: string;
  matchers: { label: string; matcher: string }[];
}

/** The selectors of an expression, as far as they have matchers. */
export function selectorsOf(expr: string): Selector[] {
  return [...expr.matchAll(/([a-zA-Z_:][a-zA-Z_:0-9]*)\{((?:"(?:\\.|[^"\\])*"|[^"}])*)\}/g)].map(
    ([, metric = '', inner = '']) => ({
      metric,
      matchers: [...inner.matchAll(/([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*"(?:\\.|[^"\\])*"/g)].map(
        ([matcher, label = '']) => ({ label, matcher }),
      ),
    }),
  );
}
