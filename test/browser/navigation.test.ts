import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roles } from '../../src/identity/permissions.ts'
import { testPassword } from '../support/world.ts'
import {
  axeFindings,
  deskWidth,
  noChromium,
  overflowsSideways,
  phoneWidth,
  type Site,
  screenshot,
  startSite,
} from './support/browser.ts'

describe.skipIf(noChromium)('pages in a browser', () => {
  let site: Site
  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site?.close())

  test('a person signs in with e-mail and password, and lands on the first page', async () => {
    const page = await site.open()
    await page.goto('/organisations')
    expect(new URL(page.url()).pathname).toBe('/sign-in')
    await page.getByLabel('E-pasts').fill('finance@dgv.example')
    await page.getByLabel('Parole').fill(testPassword)
    await page.getByRole('button', { name: 'Pieslēgties' }).click()
    await page.waitForURL('**/organisations')
    expect(await page.locator('h1').innerText()).toBe('Organizācijas')
    await page.context().close()
  })

  test('signing in works without scripts', async () => {
    const page = await site.open({ scripts: false })
    await page.goto('/sign-in')
    await page.getByLabel('E-pasts').fill('buyer@rez.example')
    await page.getByLabel('Parole').fill(testPassword)
    await page.getByRole('button', { name: 'Pieslēgties' }).click()
    await page.waitForURL(`${site.address}/`)
    await page.context().close()
  })

  // the API reference is the same for everybody and long: a stranger looks at it below
  test.each(roles)('every page that the navigation offers to %s is there and axe finds nothing', async (role) => {
    const code = role === 'coordinator' ? 'LPR' : 'DGV'
    const page = await site.open({ as: [code, role] })
    const errors = scriptErrors(page)
    const problems: string[] = []
    for (const href of (await offered(page)).filter((offer) => offer !== '/api'))
      problems.push(...(await lookAt(page, href, role)))
    expect([...problems, ...errors]).toEqual([])
    await page.context().close()
  })

  test('what a stranger sees is there and axe finds nothing', async () => {
    const page = await site.open()
    const problems: string[] = []
    for (const href of ['/sign-in', '/api']) problems.push(...(await lookAt(page, href, 'stranger')))
    expect(problems).toEqual([])
    await page.context().close()
  })
})

async function offered(page: Page): Promise<string[]> {
  await page.goto('/')
  return page.locator('nav.navigation a').evaluateAll((links) => links.map((link) => link.getAttribute('href')!))
}

function scriptErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(`script: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/404/.test(message.text())) errors.push(`console: ${message.text()}`)
  })
  return errors
}

/** A page is looked at twice by the first who has it and once by each of the others, so that languages, widths and colours meet each other. */
const looks = [
  ['lv', deskWidth, 'light'],
  ['en', phoneWidth, 'dark'],
  ['lv', phoneWidth, 'light'],
  ['en', deskWidth, 'dark'],
] as const
/** By page: how often it has been looked at. */
const looked = new Map<string, number>()

function nextLooks(href: string) {
  const before = looked.get(href)
  const first = before ?? looked.size * 2
  looked.set(href, first + (before === undefined ? 2 : 1))
  return [looks[first % 4]!, ...(before === undefined ? [looks[(first + 1) % 4]!] : [])]
}

async function lookAt(page: Page, href: string, who: string): Promise<string[]> {
  const problems: string[] = []
  for (const [language, width, colorScheme] of nextLooks(href)) {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const response = await page.goto(`${href}${href.includes('?') ? '&' : '?'}lang=${language}`)
    const place = `${who} ${href} ${language} ${width} ${colorScheme}`
    if (response?.status() !== 200) return [`${place}: answered ${response?.status()}`]
    if (await overflowsSideways(page)) problems.push(`${place}: wider than the screen`)
    if (href === '/api')
      problems.push(
        ...(await keepSomeOfReference(page, language === 'lv' ? 0 : 1)).map((id) => `${place}: ${id} twice`),
      )
    problems.push(...(await axeFindings(page)).map((finding) => `${place}: ${finding}`))
    await screenshot(page, place)
  }
  return problems
}

/**
 * The reference is 80,000 elements of a few sorts, which axe would look at for minutes: of its chapters a look keeps every sixth.
 * @returns ids that were there more than once in the whole of it
 */
async function keepSomeOfReference(page: Page, first: number): Promise<string[]> {
  return page.evaluate((first) => {
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id)
    const chapters = [...document.querySelectorAll('main > [id^="tag-"]')]
    if (chapters.length < 12) throw new Error('the reference has no chapters')
    chapters.forEach((chapter, index) => {
      if (index % 6 !== first) chapter.remove()
    })
    const seen = new Set<string>()
    return ids.filter((id) => seen.size === seen.add(id).size)
  }, first)
}
