import { Moon, Sun, Upload } from 'lucide-react';
import { Link } from 'react-router';
import { Mark, Wordmark } from '../ui/brand.tsx';
import { chooseTheme, useTheme } from '../ui/theme.ts';
import { MainNavigation } from './main-navigation.tsx';
import { SearchBox } from './search-box.tsx';

export function Header() {
  return (
    <header className="site-header">
      <div className="site-header-row">
        <div className="site-header-start">
          <Link to="/" className="brand" aria-label="FlixTube, home">
            <Wordmark />
            <Mark />
          </Link>
          <MainNavigation />
        </div>
        <SearchBox />
        <div className="site-header-end">
          <ThemeToggle />
          <Link to="/upload" className="button button--primary upload-link">
            <Upload aria-hidden />
            Upload
          </Link>
        </div>
      </div>
    </header>
  );
}

function ThemeToggle() {
  const other = useTheme() === 'dark' ? 'light' : 'dark';
  const label = `Switch to ${other} theme`;
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={() => chooseTheme(other)}>
      {other === 'light' ? <Sun aria-hidden /> : <Moon aria-hidden />}
    </button>
  );
}
