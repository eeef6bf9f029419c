import { Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';

/** How long typing rests before the results follow, in milliseconds. */
const rest = 200;

/**
 * Searches as one types. The first letter leads to the results, those after it change them in place, so that "back"
 * leads to where one came from.
 */
export function SearchBox() {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const searching = pathname === '/search';
  const queried = searching ? (new URLSearchParams(search).get('query') ?? '') : '';
  const [typed, setTyped] = useState(queried);
  const [seen, setSeen] = useState(queried);
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  // The address changed by something else than typing here: back, forward, a link.
  if (queried !== seen) {
    setSeen(queried);
    if (queried !== typed.trim()) setTyped(queried);
  }
  useEffect(() => () => clearTimeout(timer.current), []);

  function go(text: string) {
    clearTimeout(timer.current);
    const query = text.trim();
    if (query === queried && searching) return;
    if (!query && !searching) return;
    navigate(query ? `/search?${new URLSearchParams({ query })}` : '/search', {
      replace: searching,
      preventScrollReset: false,
      state: { keepFocus: true },
    });
  }

  function type(text: string) {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => go(text), rest);
  }

  return (
    <search>
      <form
        className="search-box"
        onSubmit={(event) => {
          event.preventDefault();
          go(typed);
        }}
      >
        <Search aria-hidden />
        <input
          ref={field}
          id="search"
          className="search-box-field"
          type="search"
          name="query"
          aria-label="Search videos"
          placeholder="Search"
          autoComplete="off"
          enterKeyHint="search"
          maxLength={200}
          value={typed}
          onChange={(event) => type(event.target.value)}
        />
        {typed && (
          <button
            type="button"
            className="icon-button"
            aria-label="Clear search"
            onClick={() => {
              type('');
              field.current?.focus();
            }}
          >
            <X aria-hidden />
          </button>
        )}
      </form>
    </search>
  );
}
