import { createBrowserRouter } from 'react-router';
import { CrashPage } from './layout/crash-page.tsx';
import { Layout } from './layout/layout.tsx';
import { HomePage } from './pages/home/home-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { SearchPage } from './pages/search/search-page.tsx';

/** While the code of the first page is on its way, a moment, there is only the background. */
const NothingYet = () => null;

const loadWatchPage = () => import('./pages/watch/watch-page.tsx');
const loadUploadPage = () => import('./pages/upload/upload-page.tsx');
const loadHistoryPage = () => import('./pages/history/history-page.tsx');
const loadStudioPage = () => import('./pages/studio/studio-page.tsx');

/** Fetches the code of the other pages ahead, so that going there waits for nothing, not even for a network. */
export function preloadPages(): void {
  for (const load of [loadWatchPage, loadUploadPage, loadHistoryPage, loadStudioPage]) {
    load().catch(() => {
      // It is fetched again when it is needed.
    });
  }
}

/** The pages and their addresses. What most visits do not need (the player above all) is loaded when it is. */
export const createRouter = () =>
  createBrowserRouter([
    {
      Component: Layout,
      ErrorBoundary: CrashPage,
      HydrateFallback: NothingYet,
      children: [
        { index: true, Component: HomePage },
        { path: 'search', Component: SearchPage },
        {
          path: 'watch/:id',
          lazy: async () => ({ Component: (await loadWatchPage()).WatchPage }),
        },
        {
          path: 'upload',
          lazy: async () => ({ Component: (await loadUploadPage()).UploadPage }),
        },
        {
          path: 'history',
          lazy: async () => ({ Component: (await loadHistoryPage()).HistoryPage }),
        },
        {
          path: 'studio',
          lazy: async () => ({ Component: (await loadStudioPage()).StudioPage }),
        },
        { path: '*', Component: NotFoundPage },
      ],
    },
  ]);
