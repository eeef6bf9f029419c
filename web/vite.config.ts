import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { preloadFont } from './build/preload-font.ts';
import { strictStyles } from './build/strict-styles.ts';

export default defineConfig({
  plugins: [react(), strictStyles(), preloadFont('inter-latin-wght-normal')],
  // strictStyles() changes media-chrome's modules, which Vite's own pre-bundling would pass by.
  optimizeDeps: { exclude: ['media-chrome'] },
  build: {
    target: 'baseline-widely-available',
    // The content security policy allows no data: font, style or script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // hls.js, which is fetched only where it plays.
    chunkSizeWarningLimit: 600,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:4000' } },
});
