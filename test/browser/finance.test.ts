/** The finance officer's month, in Latvian and in a real browser: from what is open to the confirmed balance. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { draftAgreement, signAgreement } from '../../src/agreements/commands.ts'
import { sendBalanceConfirmation } from '../../src/balances/commands.ts'
import { checkLedger } from '../../src/ledger/check-commands.ts'
import { proposeNetting } from '../../src/netting/commands.ts'
import { savePaymentSettings } from '../../src/payments/commands.ts'
import { SettingsInput } from '../../src/payments/payment.ts'
import { invoiceIn } from '../disputes/support.ts'
import { debts } from '../netting/debts.ts'
import { iban } from '../payments/market.ts'
import { camt } from '../payments/statements.ts'
import type { World } from '../support/world.ts'
import { axeFindings, noChromium, type Site, startSite } from './support/browser.ts'

/** Daugavpils has invoiced 300.00 to Rēzekne, and Rēzekne 50.00 to Daugavpils; they may set off. */
async function prepare(world: World): Promise<void> {
  const { db } = world.database
  const numbers = { DGV: '90000077325', REZ: '90000025465' }
  for (const code of ['DGV', 'REZ'] as const) {
    const own = db.updateTable('organisation').where('id', '=', world.organisation[code])
    const address = { address: 'Rīgas iela 1', locality: 'Rēzekne', postal_code: 'LV-4601' }
    await own.set({ iban: iban[code], registration_number: numbers[code], ...address }).execute()
  }
  await invoiceIn(world, 3)
  const { document } = debts(world)
  await db.updateTable('document').set({ due_on: '2026-04-20' }).execute()
  const facts = { issued_on: '2026-04-05', due_on: '2026-05-20' }
  await document('REZ', 'DGV', '50.00', facts)
  const [seller, buyer] = [world.as('DGV', 'finance'), world.as('REZ', 'finance')]
  const agreed = await draftAgreement(seller, {
    ...{ seller_id: world.organisation.DGV, buyer_id: world.organisation.REZ, number: 'DGV-REZ/1' },
    ...{ valid_from: '2026-01-01', valid_to: null, confirmation: 'silence_confirms', answer_days: 30, netting: true },
    ...{ pay_days: 15, price_class: null, note: '', year_ceiling: null },
  })
  for (const ctx of [seller, buyer]) await signAgreement(ctx, agreed.id, { signer: 'A. Bērziņa', version: 1 })
  const settings = SettingsInput.parse({ approval_limit: '1000.00', grouping: 'invoice', version: '09' })
  await savePaymentSettings(world.as('REZ', 'finance', 'administrator'), settings)
}

describe.skipIf(noChromium)('April of the finance officer of Rēzekne', () => {
  let site: Site
  let page: Page

  beforeAll(async () => {
    site = await startSite(prepare)
    site.world.clock.set('2026-04-08')
    page = await site.open({ as: ['REZ', 'finance'] })
    page.setDefaultTimeout(15_000)
    await page.goto('/')
  })
  afterAll(() => site?.close())

  const go = (entry: string) =>
    page.getByRole('navigation', { name: 'Galvenā navigācija' }).getByRole('link', { name: entry, exact: true }).click()
  const main = () => page.getByRole('main')
  const press = (name: string) => main().getByRole('button', { name, exact: true }).click()
  const follow = (name: string) => main().getByRole('link', { name, exact: true }).first().click()
  const open = (name: string) => main().locator('summary').filter({ hasText: name }).first().click()
  const field = (label: string) =>
    main()
      .getByLabel(new RegExp(`^${label}( \\(nav obligāti\\))?$`))
      .first()
  const done = (text: string) => page.getByRole('status').getByText(text).waitFor()
  const text = async () => (await main().innerText()).replaceAll(/[\u00a0\u202f]/g, ' ')

  test('sees what is open', async () => {
    await look('1 home')
    await go('Atlikumi')
    await look('2 balances')
    expect(await text()).toContain('300,00')
    await go('Maksājumi')
    await field('Termiņš līdz').fill('2026-04-30')
    await press('Atlasīt')
    await look('3 payments')
    expect(await text()).toContain('DGV-2026-00001')
  })

  test('objects to a line', async () => {
    await go('Rēķini')
    await follow('Saņemtie')
    await follow('DGV-2026-00001')
    await look('4 invoice')
    await main()
      .getByRole('link', { name: /^Iebilst/ })
      .first()
      .click()
    await field('Iemesls').selectOption('dienas nav sniegtas')
    await field('Apšaubītā summa').fill('10,00')
    await field('Paskaidrojums').fill('12. martā klients bija mājās.')
    await look('5 objection')
    await press('Nosūtīt iebildumu')
    await done('Iebildums nosūtīts.')
    await look('6 objected')
  })

  test('makes a list of payments without what is in doubt, and downloads the file for the bank', async () => {
    await page.goto('/payments?due_on=2026-04-30')
    expect(await text()).toContain('290,00')
    await press('Sagatavot maksājumus')
    await done('Maksājumu saraksts sagatavots.')
    await look('7 list of payments')
    await open('Apstiprināt')
    await press('Apstiprināt')
    await done('Maksājumi apstiprināti.')
    await open('Sagatavot failu bankai')
    await press('Sagatavot failu bankai')
    await done('Fails ir gatavs lejupielādei.')
    await look('8 file for the bank')
    const [file] = await Promise.all([page.waitForEvent('download'), follow('Lejupielādēt failu bankai')])
    const xml = await readFile(await file.path(), 'utf8')
    expect(xml).toContain('<InstdAmt Ccy="EUR">290.00</InstdAmt>')
  })

  test('uploads the statement: the payment is found, and one more is confirmed by one click', async () => {
    const end_to_end_id = 'DGV-2026-00001'
    const bytes = camt({
      iban: iban.REZ,
      entries: [
        {
          amount: '290.00',
          side: 'DBIT',
          on: '2026-04-08',
          end_to_end_id,
          text: 'Rekins DGV-2026-00001',
          iban: iban.DGV,
        },
        { amount: '30.00', on: '2026-04-08', text: 'par pakalpojumiem', iban: iban.DGV },
      ],
    })
    await page.goto('/payments/statements')
    await look('9 statements')
    await main()
      .locator('input[type=file]')
      .setInputFiles({ name: 'izraksts.xml', mimeType: 'application/xml', buffer: Buffer.from(bytes) })
    await press('Ielādēt izrakstu')
    await done('Izraksts ielādēts.')
    await look('10 statement')
    await page.goto('/payments/movements')
    await look('11 movements')
    await main()
      .getByRole('button', { name: /^Apstiprināt/ })
      .first()
      .click()
    await done('Ieraksts sasaistīts.')
    await look('12 confirmed')
  })

  test('answers a netting', async () => {
    const { world } = site
    const input = { counterparty_id: world.organisation.REZ, netted_on: null, due_on: null }
    // The objection is withdrawn, so that something is mutual again.
    await page.goto('/disputes')
    await main()
      .getByRole('link', { name: /REZ-|DGV-/ })
      .first()
      .click()
    await open('Atsaukt')
    await field('Paskaidrojums').fill('Noskaidrots.')
    await main().locator('details[open] button[type=submit]').first().click()
    await done('Iebildums atsaukts.')
    await proposeNetting(world.as('DGV', 'finance'), input)
    await go('Ieskaiti')
    await look('13 nettings')
    await main()
      .getByRole('link', { name: /Ieskaits uz/ })
      .first()
      .click()
    await look('14 netting')
    await open('Piekrist')
    await press('Jā, piekrist')
    await done('Jūsu atbilde ir ierakstīta.')
    await look('15 netted')
  })

  test('confirms the balance, and the books prove', async () => {
    const { world } = site
    const said = { counterparty_id: world.organisation.REZ, stated_on: '2026-04-08', signer: 'A. Bērziņa', note: '' }
    const { number } = await sendBalanceConfirmation(world.as('DGV', 'finance'), said)
    await page.goto('/balance-confirmations')
    await look('16 confirmations')
    await follow(number)
    await look('17 confirmation')
    await open('Sakrīt')
    await field('Parakstītāja vārds, uzvārds un amats').fill('V. Kalniņa, grāmatvede')
    await press('Jā, sakrīt')
    await done('Atbilde nosūtīta.')
    await look('18 confirmed balance')
    expect((await checkLedger(world.system())).differences).toEqual([])
  })

  async function look(name: string): Promise<void> {
    expect([name, ...(await axeFindings(page))]).toEqual([name])
    const folder = process.env.VIETA_SCREENSHOTS
    if (!folder) return
    await mkdir(folder, { recursive: true })
    await page.screenshot({ path: join(folder, `${name.replaceAll(' ', '-')}.png`), fullPage: true })
  }
})
