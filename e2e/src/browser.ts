import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { systemUrl } from './system.ts';

const executablePath =
  process.env.CHROMIUM_PATH ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));

/** A headless Chromium that talks to nobody but FlixTube. */
export function launchBrowser(): Promise<Browser> {
  if (executablePath === undefined)
    throw new Error('No Chromium found: install it (apt-get install chromium) or set CHROMIUM_PATH.');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
}

/** The two widths that every page must hold. */
export const widths = [360, 1440] as const;

/** A visitor of their own, with what went wrong in their browser: errors of scripts and of the console. */
export async function visitor(browser: Browser, options: { width?: number; colorScheme?: 'light' | 'dark' } = {}) {
  const width = options.width ?? 1440;
  const context: BrowserContext = await browser.newContext({
    baseURL: systemUrl(),
    viewport: { width, height: width < 600 ? 740 : 900 },
    colorScheme: options.colorScheme ?? 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  // The page may be asking for something just then that a test answers in the service's place: that is no failure.
  const close = context.close.bind(context);
  context.close = async (how) => {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await close(how);
  };
  return { context, page, complaints };
}

/** What axe finds against WCAG 2.2 AA on this page, each in a line. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  );
}

/** By how many pixels the page is wider than the window; 0 is as it should be. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** Makes a page's connection slow enough to see an upload, or cuts it. */
export async function connection(page: Page, { bytesPerSecond = -1, offline = false }) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
}
