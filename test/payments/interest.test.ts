/** Late payment: off until somebody says otherwise, reminded once a step, interest to the day that only a person asks for. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { newId } from '../../src/ids.ts'
import { LateTermsInput } from '../../src/payments/interest.ts'
import { claimInterest, lateWithInterest, remindLate, setLateTerms } from '../../src/payments/interest-commands.ts'
import { listInterestClaims, listReminders } from '../../src/payments/interest-store.ts'
import { confirmMatch } from '../../src/payments/movement-commands.ts'
import { freshDatabase } from '../support/database.ts'
import type { Code } from '../support/world.ts'
import { createMarket } from './market.ts'

const database = await freshDatabase()
const market = await createMarket(database)
const { world, finance } = market
const admin = world.as('DGV', 'finance', 'administrator')
const late = () =>
  transact(finance('DGV'), (tx) =>
    lateWithInterest(tx, { seller_id: world.organisation.DGV, until_on: world.clock.today() }),
  )
const reminders = (code: Code) => transact(finance(code), (tx) => listReminders(tx, { limit: 50, after: null }))
const claims = (code: Code) => transact(finance(code), (tx) => listInterestClaims(tx, { limit: 50, after: null }))
const told = async (code: Code) => {
  const page = await world.app.request('/', { headers: { cookie: await world.cookie(code, 'finance') } })
  return [...(await page.text()).matchAll(/[^>]*atgādina: dokuments[^<]*/g)].map(([sentence]) => sentence.trim())
}
const remind = () => remindLate(database.db, world.clock)
const invoice = await market.issue('DGV', 'REZ', '1000.00', { due_on: '2026-04-10' })

test('nothing happens where nobody has said anything', async () => {
  world.clock.set('2026-04-20')
  await remind()
  expect(await reminders('DGV')).toEqual([])
  expect(await late()).toMatchObject([{ number: invoice.number, open: '1000.00', interest: '0.00' }])
  await expect(claimInterest(finance('DGV'), { document_id: invoice.id, until_on: '2026-04-20' })).rejects.toThrow(
    'no_interest',
  )
})

test('each step is reminded of once, seen by both, and by nobody else', async () => {
  await setLateTerms(admin, LateTermsInput.parse({ reminder_days: [5, 14], interest: 'per_year', percent: '36.5' }))
  await remind()
  await remind()
  for (const code of ['DGV', 'REZ'] as const)
    expect(await reminders(code)).toMatchObject([{ step: 1, reminded_on: '2026-04-20', open: '1000.00' }])
  expect(await reminders('LUD')).toEqual([])
  expect(await told('REZ')).toEqual([
    `Daugavpils valstspilsētas pašvaldība atgādina: dokuments ${invoice.number} vēl nav apmaksāts.`,
  ])
  expect(await told('DGV')).toEqual([])
  world.clock.set('2026-04-24')
  await remind()
  expect((await reminders('REZ')).map(({ step }) => step).sort()).toEqual([1, 2])
})

test('interest follows the open amount, is booked in both books, and no day is asked for twice', async () => {
  await market.take('DGV', { entries: [{ amount: '400.00', text: `par ${invoice.number}`, on: '2026-04-16' }] })
  const { rows } = await sql<{ id: string }>`select id from bank_movement where status = 'proposed'`.execute(
    database.db,
  )
  await confirmMatch(finance('DGV'), rows[0]!.id)
  world.clock.set('2026-04-30')
  // 5 days of 1000.00 and 5 of 600.00 at a thousandth a day
  const claimed = await claimInterest(finance('DGV'), { document_id: invoice.id, until_on: '2026-04-20' })
  expect(claimed).toMatchObject({ from_on: '2026-04-11', until_on: '2026-04-20', amount: '8.00' })
  expect(claimed.parts.map(({ days, open }) => [days, open])).toEqual([
    [5, '1000.00'],
    [5, '600.00'],
  ])
  await expect(claimInterest(finance('DGV'), { document_id: invoice.id, until_on: '2026-04-20' })).rejects.toThrow(
    'no_interest',
  )
  expect(await late()).toMatchObject([{ from_on: '2026-04-21', interest: '6.00' }])
  expect(await market.balance('DGV', 'interest_receivable')).toBe('8.00')
  expect(await market.balance('DGV', 'interest_income')).toBe('-8.00')
  expect(await market.balance('REZ', 'interest_cost')).toBe('8.00')
  expect(await market.balance('REZ', 'interest_payable')).toBe('-8.00')
  expect(await market.wrong()).toEqual([])
  for (const code of ['DGV', 'REZ'] as const) expect(await claims(code)).toMatchObject([{ amount: '8.00' }])
  expect(await claims('LUD')).toEqual([])
})

test('two who ask at once ask once', async () => {
  const ask = () => claimInterest(finance('DGV'), { document_id: invoice.id, until_on: '2026-04-30' })
  const both = await Promise.allSettled([ask(), ask()])
  expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await market.balance('DGV', 'interest_receivable')).toBe('14.00')
})

test('what was asked for is taken back with a reason, the latest first, and can be asked for again', async () => {
  const [later, first] = await claims('DGV')
  const take = (code: Code, id: string, body: unknown, role: 'finance' | 'auditor' = 'finance') =>
    world.request(code, role, 'POST', `/api/v1/interest-claims/${id}/withdraw`, body)
  const note = { note: 'Pircējs kavējās mūsu dēļ' }
  const statusOf = async (answer: Promise<Response>) => (await answer).status
  expect(await statusOf(take('DGV', later!.id, {}))).toBe(422)
  expect(await statusOf(take('DGV', later!.id, { note: ' ' }))).toBe(422)
  expect(await statusOf(take('DGV', later!.id, note, 'auditor'))).toBe(403)
  for (const code of ['REZ', 'LUD'] as const) expect(await statusOf(take(code, later!.id, note))).toBe(404)
  expect(await statusOf(take('DGV', 'nothing', note))).toBe(404)
  const tooEarly = await take('DGV', first!.id, note)
  expect([tooEarly.status, ((await tooEarly.json()) as { code: string }).code]).toEqual([409, 'interest_claimed_later'])

  expect(await (await take('DGV', later!.id, note)).json()).toMatchObject({
    ...{ amount: '6.00', withdrawn_on: '2026-04-30', withdraw_note: note.note },
  })
  expect(await statusOf(take('DGV', later!.id, note))).toBe(409)
  expect(await statusOf(take('DGV', first!.id, note))).toBe(200)
  for (const role of ['interest_receivable', 'interest_income']) expect(await market.balance('DGV', role)).toBe('0.00')
  for (const role of ['interest_payable', 'interest_cost']) expect(await market.balance('REZ', role)).toBe('0.00')
  expect(await market.wrong()).toEqual([])
  expect(await claims('REZ')).toMatchObject([{ withdraw_note: note.note }, { withdraw_note: note.note }])
  const text = async (code: Code) => {
    const headers = { cookie: await world.cookie(code, 'finance') }
    return (await world.app.request('/payments/late/interest', { headers })).text()
  }
  for (const code of ['DGV', 'REZ'] as const) expect(await text(code)).toContain(note.note)

  const again = await claimInterest(finance('DGV'), { document_id: invoice.id, until_on: '2026-04-30' })
  expect(again).toMatchObject({ from_on: '2026-04-11', amount: '14.00' })
  expect(await text('DGV')).toContain(`/payments/late/interest/${again.id}/withdraw`)
  expect(await text('REZ')).not.toContain('/withdraw')
  const cookie = await world.cookie('DGV', 'finance')
  const refused = await world.app.request(`/payments/late/interest/${again.id}/withdraw`, {
    ...{ method: 'POST', headers: { cookie, origin: 'http://localhost' }, body: new URLSearchParams({ note: '' }) },
  })
  expect([refused.status, (await refused.text()).includes('Pieprasītie procenti')]).toEqual([422, true])
})

test('only the seller asks, for days that are over; a stranger’s invoice is not there', async () => {
  const ask = (code: Code, document_id: string, until_on = '2026-04-30') =>
    claimInterest(finance(code), { document_id, until_on })
  await expect(ask('REZ', invoice.id)).rejects.toThrow('not_found')
  await expect(ask('LUD', invoice.id)).rejects.toThrow('not_found')
  await expect(ask('DGV', newId())).rejects.toThrow('not_found')
  await expect(ask('DGV', invoice.id, '2026-05-01')).rejects.toThrow('in_the_future')
  const refused = async (role: 'lister' | 'finance', body: unknown) =>
    (await world.request('DGV', role, 'PUT', '/api/v1/late-terms', body)).status
  expect(await refused('lister', {})).toBe(403)
  expect(await refused('finance', { interest: 'per_day' })).toBe(422)
  expect(await refused('finance', { reminder_days: [3], interest: 'civil' })).toBe(200)
})

test('the page shows the formula, and takes the terms', async () => {
  await setLateTerms(admin, LateTermsInput.parse({ reminder_days: [5], interest: 'per_year', percent: '36.5' }))
  world.clock.set('2026-05-10')
  const cookie = await world.cookie('DGV', 'finance')
  const page = await world.app.request('/payments/late', { headers: { cookie } })
  expect(page.status).toBe(200)
  const text = (await page.text()).replaceAll(/[\u00a0\u202f]/g, ' ')
  expect(text).toContain('600,00 € × 36,5 % gadā × 10 dienu ÷ 365')
  expect(text).toContain('6,00 €')
  for (const path of ['late-terms', 'late-invoices', 'interest-claims', 'reminders'])
    expect((await world.request('REZ', 'finance', 'GET', `/api/v1/${path}`)).status).toBe(200)
})

test('late invoices and reminders are read page by page, without a gap and without what was paid in time', async () => {
  for (const day of ['11', '12', '13']) await market.issue('DGV', 'REZ', '10.00', { due_on: `2026-04-${day}` })
  await remind()
  for (const path of ['late-invoices', 'reminders']) {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const answer = await world.request('DGV', 'finance', 'GET', `/api/v1/${path}?limit=2&cursor=${cursor}`)
      const page = (await answer.json()) as { items: { number: string }[]; next_cursor: string | null }
      seen.push(...page.items.map(({ number }) => number))
      cursor = page.next_cursor
    }
    const whole = path === 'reminders' ? await reminders('DGV') : await late()
    expect(seen).toEqual(whole.map(({ number }) => number))
    expect(seen.length).toBeGreaterThan(3)
  }
  expect((await world.request('DGV', 'finance', 'GET', '/api/v1/late-invoices?cursor=x')).status).toBe(422)
})
