import { createBrowserRouter } from 'react-router';
import { CrashPage } from './layout/crash-page.tsx';
import { Layout } from './layout/layout.tsx';
import { HomePage } from './pages/home/home-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { SearchPage } from './pages/search/search-page.tsx';

/** While the code of the first page is on its way, a moment, there is only the background. */
const NothingYet = () => null;

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
          lazy: async () => ({ Component: (await import('./pages/watch/watch-page.tsx')).WatchPage }),
        },
        {
          path: 'upload',
          lazy: async () => ({ Component: (await import('./pages/upload/upload-page.tsx')).UploadPage }),
        },
        {
          path: 'history',
          lazy: async () => ({ Component: (await import('./pages/history/history-page.tsx')).HistoryPage }),
        },
        { path: '*', Component: NotFoundPage },
      ],
    },
  ]);
