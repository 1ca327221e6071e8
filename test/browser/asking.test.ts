/** The story of a wait, in Latvian and in a real browser: found, compared, three asked, one accepts, another waits in line, a stay lasts longer. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../../src/identity/permissions.ts'
import { market } from '../placements/market.ts'
import type { Code } from '../support/world.ts'
import {
  axeFindings,
  noChromium,
  overflowsSideways,
  phoneWidth,
  type Site,
  screenshot,
  startSite,
} from './support/browser.ts'

describe.skipIf(noChromium)('a place for Marta Vītola', () => {
  let site: Site
  let page: Page
  let marta: string
  const titles = ['Pansionāts „Ezermala”', 'Sociālās aprūpes centrs „Priedes”', 'Veco ļaužu nams „Atvasara”']

  beforeAll(async () => {
    site = await startSite(async (world) => {
      world.clock.set('2026-03-02')
      const m = market(world)
      const { LUD } = world.organisation
      await m.offer({ title: titles[0]! }, { places: 1 })
      await m.offer({ title: titles[1]!, seller_id: LUD }, { places: 3, price: { unit_price: '25.10' } })
      await m.offer({ title: titles[2]! }, { places: 2, price: { unit_price: '27.00' } })
      await m.offer({ title: 'Krīzes istaba Ludzā', seller_id: LUD, kind_code: 'crisis-room' }, { places: 1 })
      marta = (await m.resident('REZ', 'Marta', 'Vītola')).token
      await m.resident('REZ', 'Jānis', 'Ozols')
    })
  })
  afterAll(() => site?.close())

  const workAs = async (today: string, code: Code, role: Role, width?: number) => {
    await page?.context().close()
    site.world.clock.set(today)
    page = await site.open({ as: [code, role], ...(width && { width }) })
    page.setDefaultTimeout(10_000)
    await page.goto('/')
  }
  const go = (entry: string) =>
    page.getByRole('navigation', { name: 'Galvenā navigācija' }).getByRole('link', { name: entry, exact: true }).click()
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const follow = (name: string) => page.getByRole('link', { name, exact: true }).first().click()
  const unfold = (name: string) =>
    page.getByRole('group').filter({ hasText: name }).getByText(name, { exact: true }).first().click()
  const field = (label: string) => page.getByRole('main').getByLabel(new RegExp(`^${label}( \\(nav obligāti\\))?$`))
  const done = (text: string) => page.getByRole('status').getByText(text).waitFor()
  const text = async () => (await page.getByRole('main').innerText()).replaceAll('\u00a0', ' ')
  /** What is seen is fit for everybody: nothing for axe to say, nothing that sticks out. */
  const look = async (name: string) => {
    await screenshot(page, `asking ${name}`)
    expect([await axeFindings(page), await overflowsSideways(page)], name).toEqual([[], false])
  }

  test('found and compared, three are asked at once, and a place meanwhile beside', async () => {
    await workAs('2026-03-02', 'REZ', 'buyer')
    await go('Katalogs')
    for (const title of titles) await page.getByRole('checkbox', { name: new RegExp(title) }).check()
    await press('Salīdzināt atzīmētos')
    for (const title of titles) expect(await text()).toContain(title)
    await look('1 compared')
    await follow('Lūgt vietu vairākiem')
    await field('Iedzīvotājs').fill('vītola')
    await field('Pirmā diena').fill('2026-03-16')
    await field('Pēdējā diena').fill('2026-06-30')
    await page.getByRole('checkbox', { name: 'Steidzami: cilvēks ir krīzē' }).check()
    await look('2 asking')
    await press('Nosūtīt visiem')
    await done('Lūgums nosūtīts.')
    expect(await text()).toContain(marta)
    await look('3 asked')
    await follow('Lūgt pagaidu vietu')
    await page.getByRole('checkbox', { name: /Krīzes istaba Ludzā/ }).check()
    await press('Nosūtīt visiem')
    await done('Lūgums nosūtīts.')
  })

  test('Ludza takes her meanwhile, Daugavpils from the sixteenth: the one ends when the other begins', async () => {
    await workAs('2026-03-02', 'LUD', 'lister')
    await go('Nosūtījumi')
    await follow('Krīzes istaba Ludzā')
    expect(await text()).toContain('beidzas pati')
    await unfold('Pieņemt')
    await press('Jā, uzņemt')
    await done('Uzņemšana izveidota.')
    await workAs('2026-03-02', 'DGV', 'lister', phoneWidth)
    await page.goto('/referrals?side=seller')
    await follow(titles[0]!)
    await look('4 to answer')
    await unfold('Pieņemt')
    await press('Jā, uzņemt')
    await done('Uzņemšana izveidota.')
    await workAs('2026-03-02', 'REZ', 'buyer')
    await go('Pieprasījumi')
    expect(await text()).toContain('vieta atrasta')
    await go('Uzņemšanas')
    const row = page.getByRole('row').filter({ hasText: 'Krīzes istaba Ludzā' })
    expect((await row.innerText()).replaceAll('\u00a0', ' ')).toContain('16.03.2026.')
  })

  test('the next one waits in line, and a stay is prolonged', async () => {
    await workAs('2026-03-17', 'REZ', 'buyer')
    await go('Katalogs')
    await follow(titles[0]!)
    await follow('Ierakstīt rindā')
    await field('Iedzīvotājs').fill('ozols')
    await field('Iemesls').selectOption('izrakstīts no slimnīcas')
    await field('Vajadzīgs no').fill('2026-04-01')
    await look('5 joining')
    await press('Ierakstīt rindā')
    await done('Cilvēks ierakstīts rindā.')
    expect(await text()).toContain('1. no 1')
    expect(await text()).toContain('Kārtība: iemesls (krīze')
    await look('6 in line')
    await workAs('2026-06-10', 'REZ', 'buyer')
    await go('Uzņemšanas')
    await page.getByRole('row').filter({ hasText: titles[0]! }).getByRole('link').first().click()
    await follow('Pagarināt')
    await field('Jaunā pēdējā diena').fill('2026-09-30')
    await look('7 prolonging')
    await press('Pagarināt')
    await done('Uzņemšana pagarināta.')
    expect(await text()).toContain('30.09.2026.')
  })
})
