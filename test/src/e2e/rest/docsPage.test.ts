/** The page of the API in a real browser: Debian's Chromium, where it is installed. */
import { existsSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';
import { network } from '../../system/networks.ts';
import { RestSession } from '../../system/rest.ts';
import { home, World } from './world.fixture.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const isInstalled = existsSync(executablePath);
if (!isInstalled)
  process.stderr.write(`the page of the API is not tried: there is no ${executablePath} (package chromium)\n`);

let base: string;

beforeAll(async () => {
  await network.start();
  base = await new World(network).people.gateway(home);
}, 300_000);

async function inBrowser<Result>(look: (page: Page) => Promise<Result>): Promise<Result> {
  const browser: Browser = await chromium.launch({ executablePath, headless: true, args: quiet });
  try {
    return await look(await browser.newPage());
  } finally {
    await browser.close();
  }
}

(isInstalled ? test : test.skip)(
  'in a browser it lists every operation, logs in, makes a call; no error is shown and nothing leaves the gateway',
  async () => {
    interface Operation {
      readonly operationId: string;
    }
    const { paths } = await new RestSession(base).read<{ paths: Record<string, Record<string, Operation>> }>(
      '/openapi.json',
    );
    const called = paths['/v1/licences']!['get']!.operationId;
    const operations = Object.values(paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0);
    const secret = await new World(network).people.secret(home, 'dr-ada');
    await inBrowser(async (page) => {
      const errors: string[] = [];
      const elsewhere: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`);
      });
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('request', (request) => {
        if (new URL(request.url()).origin !== base) elsewhere.push(request.url());
      });
      await page.goto(`${base}/docs`);
      await page.waitForSelector('#operations details');
      expect(await page.locator('#operations details').count()).toBe(operations);
      await page.click('#login');
      await page.fill('input[name=name]', 'dr-ada');
      await page.fill('input[name=secret]', secret);
      await page.click('form button');
      await page.waitForURL(`${base}/docs`);
      await page.locator('#who', { hasText: 'logged in as dr-ada' }).waitFor();
      await page.click(`#${called} > summary`);
      await page.click(`#${called} form > button`);
      const answered = page.locator(`#${called} form > pre`);
      await answered
        .filter({ hasText: 'nextCursor' })
        .or(answered.filter({ hasText: 'items' }))
        .waitFor();
      expect(await answered.textContent()).toMatch(/^200 /);
      expect([errors, elsewhere]).toEqual([[], []]);
    });
  },
  120_000,
);
