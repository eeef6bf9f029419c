import { Outlet, ScrollRestoration, useNavigation } from 'react-router';
import { AnnouncerProvider } from '../ui/announcer.tsx';
import { Header } from './header.tsx';
import { InHandNotice } from './in-hand-notice.tsx';
import { MainNavigation } from './main-navigation.tsx';
import { OfflineNotice } from './offline-notice.tsx';
import { useNavigationFocus } from './use-navigation-focus.ts';
import './layout.css';

/** What stands around every page. */
export function Layout() {
  return (
    <AnnouncerProvider>
      <Frame />
    </AnnouncerProvider>
  );
}

function Frame() {
  const main = useNavigationFocus();
  const { state } = useNavigation();
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      {state === 'loading' && <div className="page-progress" aria-hidden="true" />}
      <Header />
      <main ref={main} id="main" tabIndex={-1}>
        <Outlet />
      </main>
      <div className="tab-bar">
        <MainNavigation />
      </div>
      <InHandNotice />
      <OfflineNotice />
      <ScrollRestoration />
    </>
  );
}
