/** A real Chromium on the real application: embedded database in memory, a real HTTP server, one browser for a test file. */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import type { Server } from 'node:http'
import { AxeBuilder } from '@axe-core/playwright'
import { serve } from '@hono/node-server'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { connectPglite } from '../../../src/db/connect.ts'
import { migrate } from '../../../src/db/migrate.ts'
import { readProjectFile } from '../../../src/files.ts'
import { versionAssets } from '../../../src/http/assets.ts'
import type { Role } from '../../../src/identity/permissions.ts'
import { type Code, createWorld, type World } from '../../support/world.ts'

export const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
/** Give it to `describe.skipIf`, so that the suite says why it did not run. */
export const noChromium = !existsSync(chromiumPath)
if (noChromium)
  console.warn(`No Chromium at ${chromiumPath}: browser tests are skipped. CHROMIUM_PATH names another one.`)

export interface Site {
  world: World
  /** `http://127.0.0.1:41234` */
  address: string
  browser: Browser
  /** a page of somebody signed in (or of a stranger), as wide as a desk unless said otherwise */
  open(options?: {
    as?: [Code, Role]
    language?: 'lv' | 'en'
    width?: number
    dark?: boolean
    scripts?: boolean
  }): Promise<Page>
  close(): Promise<void>
}

export const deskWidth = 1280
export const phoneWidth = 390

/** @param prepare fills the world before anybody looks */
export async function startSite(prepare: (world: World) => Promise<void> = async () => {}): Promise<Site> {
  const database = await connectPglite({})
  await migrate(database)
  await versionAssets(readProjectFile)
  const world = await createWorld(database)
  await prepare(world)
  const { server, address } = await listen(world)
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  return {
    world,
    address,
    browser,
    open: async ({ as, language = 'lv', width = deskWidth, dark = false, scripts = true } = {}) => {
      const options: BrowserContextOptions = {
        baseURL: address,
        viewport: { width, height: 900 },
        colorScheme: dark ? 'dark' : 'light',
        javaScriptEnabled: scripts,
        reducedMotion: 'reduce',
      }
      const context = await browser.newContext(options)
      await context.addCookies([{ name: 'vieta_language', value: language, url: address }])
      if (as !== undefined) {
        const [name, value] = (await world.cookie(...as)).split('=') as [string, string]
        await context.addCookies([{ name, value, url: address }])
      }
      return context.newPage()
    },
    close: async () => {
      await browser.close()
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
      await database.close()
    },
  }
}

function listen(world: World): Promise<{ server: Server; address: string }> {
  return new Promise((resolve) => {
    const server = serve({ fetch: world.app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve({ server, address: `http://127.0.0.1:${port}` }),
    ) as Server
  })
}

/**
 * What axe finds against WCAG 2.2 AA and good practice, a line for each place; empty where there is nothing to say.
 * @param part looks only there: a selector
 */
export async function axeFindings(page: Page, part?: string): Promise<string[]> {
  // Of what is right only the count is kept: writing it down takes longer than looking.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] })
  const { violations } = await (part === undefined ? axe : axe.include(part))
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'])
    .analyze()
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help} at ${node.target.join(' ')}: ${node.html.slice(0, 160)}`),
  )
}

/** True where the page is wider than the screen: a phone would have to be scrolled sideways. */
export async function overflowsSideways(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1)
}

/** Keeps a picture under test-results/ where `SCREENSHOTS` is set; otherwise it costs nothing. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (!process.env.SCREENSHOTS) return
  await mkdir('test-results', { recursive: true })
  await page.screenshot({ path: `test-results/${name.replace(/[^\w.-]+/g, '_')}.png`, fullPage: true })
}
