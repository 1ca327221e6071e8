/** The story of a place, in Latvian and in a real browser: offered, found, asked for, given, recorded, closed, and invoiced to the cent. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../../src/identity/permissions.ts'
import type { Code } from '../support/world.ts'
import { axeFindings, noChromium, type Site, startSite } from './support/browser.ts'
import { hasPdfToText, textOfPdf } from './support/pdf.ts'

describe.skipIf(noChromium)('a day care centre between Daugavpils and Rēzekne', () => {
  let site: Site
  let page: Page
  let token: string
  const title = 'Dienas aprūpes centrs Arhitektu ielā'
  /** eighteen days in March 2026: 18 × 22,58 = 406,44, of which the resident pays 18 × 1,00 at the door */
  const attended = [2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 23, 24, 25]

  const explained = ['22,58', '406,44', '18,00', '388,44', '12.02.2026. lēmums Nr. 41', 'klienta līdzmaksājums']

  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site?.close())

  /** A working day of somebody: a new browser, signed in. */
  const workAs = async (today: string, code: Code, role: Role) => {
    await page?.context().close()
    site.world.clock.set(today)
    page = await site.open({ as: [code, role] })
    page.setDefaultTimeout(10_000)
    await page.goto('/')
  }
  const go = async (entry: string) => {
    await page
      .getByRole('navigation', { name: 'Galvenā navigācija' })
      .getByRole('link', { name: entry, exact: true })
      .click()
  }
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const follow = (name: string) => page.getByRole('link', { name, exact: true }).first().click()
  const open = (name: string) =>
    page.getByRole('group').filter({ hasText: name }).getByText(name, { exact: true }).click()
  /** A field by its label, whether or not it may be left out. */
  const field = (label: string) =>
    page.getByRole('main').getByLabel(new RegExp(`^${label}( \\((nav obligāti|apmeklējuma diena)\\))?$`))
  const done = (text: string) => page.getByRole('status').getByText(text).waitFor()
  const text = async () => plain(await page.getByRole('main').innerText())

  test('Daugavpils publishes it in the name of a registered provider, with a price and places', async () => {
    await workAs('2026-02-25', 'DGV', 'lister')
    await page.goto(`/organisations/${site.world.organisation.DGV}`)
    await follow('Pievienot sniedzēju')
    await field('Nosaukums').fill('Dienas aprūpes centrs „Saulgrieži”')
    await field('Numurs sociālo pakalpojumu sniedzēju reģistrā').fill('23-01')
    await field('Sniedz pakalpojumus no').fill('2020-01-01')
    await press('Saglabāt')
    await done('Pakalpojumu sniedzējs pievienots.')
    await go('Katalogs')
    await follow('Mūsu piedāvājumi')
    await follow('Jauns piedāvājums')
    await field('Pakalpojuma veids').selectOption('Dienas aprūpes centrs (DAC)')
    await field('Nosaukums').fill(title)
    await field('Apraksts').fill('Nodarbības un ēdināšana darbdienās no 8.00 līdz 17.00.')
    await field('Adrese').fill('Arhitektu iela 21')
    await field('Apdzīvota vieta').fill('Daugavpils')
    await field('Sniedzējs').selectOption('Dienas aprūpes centrs „Saulgrieži”')
    await field('Mērvienība').selectOption('apmeklējuma diena')
    await look('1 new offer')
    await press('Saglabāt melnrakstu')
    await done('Melnraksts saglabāts.')
    await follow('Pievienot cenu')
    await field('Cena par vienību').first().fill('22,58')
    await field('Spēkā no').fill('2026-01-01')
    await field('Domes lēmums').fill('12.02.2026. lēmums Nr. 41')
    await look('2 price')
    await press('Saglabāt')
    await done('Cena pievienota.')
    await follow('Noteikt vietu skaitu')
    await field('Vietu skaits').fill('12')
    await field('Spēkā no').fill('2026-01-01')
    await press('Saglabāt')
    await done('Vietu skaits saglabāts.')
    await press('Publicēt')
    await done('Piedāvājums ir publicēts un redzams visām pašvaldībām.')
    await look('3 published')
  })

  test('Rēzekne finds it, registers a resident and asks for a place', async () => {
    await workAs('2026-02-26', 'REZ', 'buyer')
    await go('Katalogs')
    await field('Meklējamie vārdi').fill('arhitektu')
    await press('Atlasīt')
    await look('4 found')
    await follow(title)
    await look('5 offer')
    await follow('Nosūtīt iedzīvotāju')
    await follow('Reģistrēt jaunu iedzīvotāju')
    await field('Vārds').fill('Anna')
    await field('Uzvārds').fill('Zariņa')
    await field('Personas kods').fill('161175-19997')
    await look('6 resident')
    await press('Reģistrēt')
    await done('Iedzīvotājs reģistrēts.')
    await field('Pirmā diena').fill('2026-03-02')
    await page.getByText('Papildu nosacījumi: apjoms, līdzmaksājums').click()
    const source = page.getByRole('group', { name: 'Avots 1' })
    await source.getByLabel('Kas maksā').fill('client')
    await source.getByLabel('Daļas veids').selectOption('eiro par vienību')
    await source.getByLabel('Apmērs').fill('1,00')
    await field('Lēmums').fill('SD-12/2026, 26.02.2026.')
    await look('7 referral')
    await press('Saglabāt un nosūtīt')
    await done('Nosūtījums ir nosūtīts sniedzējam.')
    token = /REZ-[2-9A-Z]{6}/.exec(await text())![0]
    await look('8 referred')
  })

  test('Daugavpils accepts', async () => {
    await workAs('2026-02-27', 'DGV', 'lister')
    await look('9 home of the lister')
    await go('Nosūtījumi')
    await look('10 incoming')
    await page.getByRole('row').filter({ hasText: token }).getByRole('link', { name: title }).click()
    await look('11 asked')
    expect(await text()).toContain('Anna Zariņa')
    await open('Pieņemt')
    await press('Jā, uzņemt')
    await done('Uzņemšana izveidota.')
    await look('12 placed')
  })

  test('Daugavpils records the days', async () => {
    await workAs('2026-03-31', 'DGV', 'lister')
    await go('Apmeklējumi')
    await follow(title)
    for (const day of attended)
      await page
        .getByRole('checkbox', { name: new RegExp(`^Anna Zariņa, 0?${day}\\.(03\\.| marts).*: bija klāt$`) })
        .check()
    await look('13 attendance')
    await press('Saglabāt')
    await done('Tabele saglabāta.')
    await look('14 recorded')
  })

  test('finance looks at the month, and closes it', async () => {
    await workAs('2026-04-01', 'DGV', 'finance')
    await look('15 home of finance')
    await go('Mēneši')
    await look('16 months')
    await follow('Nākamais: 2026. gada marts')
    await look('17 preview')
    expect(await text()).toContain('388,44')
    await open('Slēgt mēnesi')
    await press('Slēgt un izrakstīt dokumentus')
    await done('Mēnesis ir slēgts, dokumenti izrakstīti.')
    await look('18 closed')
    await follow('DGV-2026-00001')
    await look('19 invoice')
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Rēķins DGV-2026-00001')
  })

  test('Rēzekne reads what, how often and for how much, to the cent', async () => {
    await workAs('2026-04-02', 'REZ', 'finance')
    await go('Rēķini')
    await follow('Saņemtie')
    await look('20 received')
    await follow('DGV-2026-00001')
    const line = page.getByRole('table', { name: 'Specifikācija' }).getByRole('row').filter({ hasText: token })
    expect(
      plain(await line.innerText())
        .split('\t')
        .map((cell) => cell.trim()),
    ).toEqual([`1. ${token}`, title, 'marts 2026', 'sniegts', '18 × 22,58 €', '406,44 €', '388,44 €', 'Iebilst'])
    await page.getByRole('group').getByText(`1. ${token}, `).click()
    await look('21 explained')
    const said = await text()
    for (const part of explained) expect(said).toContain(part)
    expect(said).not.toContain('Zariņa')
  })

  test('the file says the same', async () => {
    const link = page.getByRole('link', { name: 'Lejupielādēt PDF' })
    const href = (await link.getAttribute('href'))!
    const answer = await page.request.get(href)
    const bytes = await answer.body()
    expect([answer.headers()['content-type'], bytes.subarray(0, 5).toString('latin1')]).toEqual([
      'application/pdf',
      '%PDF-',
    ])
    if (!hasPdfToText) return
    const said = plain(textOfPdf(bytes))
    for (const part of ['DGV-2026-00001', token, '406,44', '388,44']) expect(said).toContain(part)
    const withAnnex = plain(textOfPdf(await (await page.request.get(`${href}&annex=explanation`)).body()))
    for (const part of ['DGV-2026-00001', token, ...explained]) expect(withAnnex).toContain(part)
    for (const file of [said, withAnnex]) expect(file).not.toContain('Zariņa')
  })

  async function look(name: string): Promise<void> {
    expect(await axeFindings(page)).toEqual([])
    const folder = process.env.VIETA_SCREENSHOTS
    if (!folder) return
    await mkdir(folder, { recursive: true })
    await page.screenshot({ path: join(folder, `${name.replaceAll(' ', '-')}.png`), fullPage: true })
  }
})

/** With ordinary spaces: figures and months are kept together by others. */
function plain(text: string): string {
  return text.replaceAll(/[\u00a0\u202f]/g, ' ')
}
