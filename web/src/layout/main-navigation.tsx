import { Clapperboard, History, House, Upload } from 'lucide-react';
import { NavLink } from 'react-router';

/** The ways through the site: in the header, and on a phone at the foot of the window. */
export function MainNavigation() {
  return (
    <nav className="main-navigation" aria-label="Main">
      <NavLink to="/" end>
        <House aria-hidden />
        Home
      </NavLink>
      <NavLink to="/upload" className="navigation-upload">
        <Upload aria-hidden />
        Upload
      </NavLink>
      <NavLink to="/history">
        <History aria-hidden />
        History
      </NavLink>
      <NavLink to="/studio">
        <Clapperboard aria-hidden />
        Studio
      </NavLink>
    </nav>
  );
}
