import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import type { Offer as OfferTable } from '../../src/db/tables.ts'
import { countMoneyWaiting } from '../../src/home/money-store.ts'
import {
  countByKind,
  countForAdministrator,
  countForBuyer,
  countForFinance,
  countForLister,
} from '../../src/home/store.ts'
import { newId } from '../../src/ids.ts'
import { debts } from '../netting/debts.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'

const today = '2026-03-31'
const world = await createWorld(await freshDatabase())
const { db } = world.database
const { REZ, DGV, LUD } = world.organisation

const lister = (code: Code) =>
  transact(world.as(code, 'lister'), (tx) => countForLister(tx, world.organisation[code], today))
const buyer = (code: Code) =>
  transact(world.as(code, 'buyer'), (tx) => countForBuyer(tx, world.organisation[code], today))
const finance = (code: Code, on = today) =>
  transact(world.as(code, 'finance'), (tx) => countForFinance(tx, world.organisation[code], on))
const home = async (
  code: Code,
  role: 'lister' | 'buyer' | 'finance' | 'administrator' | 'coordinator',
  lang = 'lv',
) => {
  const cookie = await world.cookie(code, role)
  return (await world.app.request(`/?lang=${lang}`, { headers: { cookie } })).text()
}

async function offer(
  unit: OfferTable['unit'],
  status: 'published' | 'draft' | 'withdrawn' = 'published',
): Promise<string> {
  const id = newId()
  const at = '2026-01-01T00:00:00Z'
  const row = { seller_id: REZ, id, kind_code: 'day', title: unit, unit, status, created_at: at, changed_at: at }
  await db.insertInto('offer').values(row).execute()
  return id
}

async function stay(offer_id: string, valid_from: string, valid_to: string | null): Promise<string> {
  const id = newId()
  const at = '2026-01-01T00:00:00Z'
  const row = { seller_id: REZ, id, offer_id, buyer_id: DGV, valid_from, valid_to, created_at: at, changed_at: at }
  await db.insertInto('placement').values(row).execute()
  return id
}

test('a newcomer is told what to do first', async () => {
  expect(await home('REZ', 'lister')).toMatch(/Sāciet ar pirmo piedāvājumu.*href="\/offers\/new"/s)
  expect(await home('REZ', 'buyer', 'en')).toMatch(/Find the first place.*href="\/catalogue"/s)
  expect(await home('LPR', 'buyer')).toMatch('Šeit Jums vēl nekā nav')
  expect(await finance('REZ')).toEqual({
    next_month: null,
    months_open: 0,
    issued: 0,
    issued_total: '0',
    received: 0,
    received_total: '0',
    late_changes: 0,
  })
  await db.deleteFrom('membership').where('organisation_id', '=', LUD).where('role', '<>', 'administrator').execute()
  expect(await home('LUD', 'administrator')).toMatch(/Pievienojiet kolēģus.*href="\/people\/new"/s)
})

test('a lister sees what to answer, what ends, what has no price and what is not recorded', async () => {
  await db.insertInto('service_kind').values({ code: 'day', name_lv: 'Dienas aprūpe', name_en: 'Day care' }).execute()
  const hours = await offer('hour')
  const days = await offer('calendar_day')
  await offer('session', 'draft')
  await offer('trip', 'withdrawn')
  await db
    .insertInto('price')
    .values([
      {
        seller_id: REZ,
        id: newId(),
        offer_id: hours,
        valid_from: '2026-01-01',
        valid_to: '2026-03-31',
        unit_price: '20',
        recorded_at: '2026-01-01T00:00:00Z',
      },
      {
        seller_id: REZ,
        id: newId(),
        offer_id: days,
        valid_from: '2026-04-01',
        valid_to: null,
        unit_price: '30',
        recorded_at: '2026-01-01T00:00:00Z',
      },
    ])
    .execute()
  const recorded = await stay(hours, '2026-01-01', null)
  await stay(hours, '2026-03-01', '2026-04-30')
  await stay(hours, '2026-01-01', '2026-02-28')
  await stay(hours, '2026-04-01', '2026-05-01')
  await stay(days, '2026-01-01', '2026-03-31')
  const delivered = {
    seller_id: REZ,
    placement_id: recorded,
    buyer_id: DGV,
    kind: 'delivered' as const,
    quantity: '1',
    recorded_at: '2026-03-05T00:00:00Z',
  }
  await db
    .insertInto('delivery')
    .values([{ ...delivered, id: newId(), delivered_on: '2026-03-01' }])
    .execute()
  for (const status of ['submitted', 'draft', 'accepted'] as const) {
    await db
      .insertInto('referral')
      .values({
        seller_id: REZ,
        id: newId(),
        offer_id: hours,
        buyer_id: DGV,
        wanted_from: '2026-04-01',
        status,
        created_at: '2026-03-01T00:00:00Z',
        submitted_at: status === 'draft' ? null : '2026-03-20T09:00:00Z',
        answered_at: status === 'accepted' ? '2026-03-21T00:00:00Z' : null,
      })
      .execute()
  }
  expect(await lister('REZ')).toEqual({
    to_answer: 1,
    oldest_submitted_at: '2026-03-20T09:00:00.000Z',
    ending: 2,
    without_price: 2,
    drafts: 1,
    offers: 3,
    not_recorded: 1,
  })
  expect(await home('REZ', 'lister')).toMatch(
    /href="\/referrals\?side=seller&amp;status=submitted".*20\.03\.2026\..*11:00/s,
  )
})

test('a buyer sees the own drafts, fresh answers and what ends', async () => {
  expect(await buyer('DGV')).toEqual({
    referrals: 3,
    drafts: 1,
    waiting: 1,
    accepted: 1,
    declined: 0,
    active: 3,
    ending: 2,
  })
  expect(await home('DGV', 'buyer', 'en')).toMatch('Accepted: 1, declined: 0')
})

test('finance sees the months to close, this month’s documents and late changes', async () => {
  // Nothing closed yet: from the month in which the first placement began.
  expect(await finance('REZ')).toMatchObject({ next_month: '2026-01', months_open: 2 })
  expect(await finance('REZ', '2026-04-01')).toMatchObject({ next_month: '2026-01', months_open: 3 })
  await db
    .insertInto('month_close')
    .values({ seller_id: REZ, month: '2025-11', closed_at: '2025-12-05T00:00:00Z' })
    .execute()
  expect(await finance('REZ')).toMatchObject({ next_month: '2025-12', months_open: 3 })
  await db
    .insertInto('month_close')
    .values({ seller_id: REZ, month: '2026-02', closed_at: '2026-03-05T00:00:00Z' })
    .execute()
  expect(await finance('REZ')).toMatchObject({ next_month: null, months_open: 0 })
  expect(await home('REZ', 'finance')).toMatch('href="/months"')
  const invoice = newId()
  const document = {
    seller_id: REZ,
    buyer_id: DGV,
    year: 2026,
    close_month: '2026-02',
    issued_on: '2026-03-05',
    due_on: '2026-04-04',
    vat: '0',
    vat_summary: [] as never,
    record: {} as never,
    issued_at: '2026-03-05T00:00:00Z',
  }
  await db
    .insertInto('document')
    .values([
      { ...document, id: invoice, type: 'invoice', number: 'REZ-1', sequence: 1, net: '100.50', total: '100.50' },
      {
        ...document,
        id: newId(),
        type: 'invoice',
        number: 'REZ-0',
        sequence: 2,
        net: '7',
        total: '7',
        issued_on: '2026-02-28',
      },
    ])
    .execute()
  await db
    .insertInto('document')
    .values([
      {
        ...document,
        id: newId(),
        type: 'credit_note',
        number: 'REZ-2',
        sequence: 3,
        net: '0.50',
        total: '0.50',
        corrects_id: invoice,
      },
    ])
    .execute()
  const { id: placement_id } = await db.selectFrom('placement').select('id').executeTakeFirstOrThrow()
  for (const from_month of ['2026-01', '2026-02']) {
    await db
      .insertInto('rating_due')
      .values({ seller_id: REZ, placement_id, from_month, noted_at: '2026-03-30T00:00:00Z' })
      .execute()
  }
  expect(await finance('REZ')).toMatchObject({ issued: 2, issued_total: '100.00', received: 0, late_changes: 1 })
  expect(await finance('DGV')).toMatchObject({ issued: 0, received: 2, received_total: '100.00', late_changes: 0 })
  expect(await home('DGV', 'finance', 'en')).toMatch('€100.00 in total')
})

test('a region sees offers, places and placements by kind; a third municipality nothing of it', async () => {
  const { id: offer_id } = await db
    .selectFrom('offer')
    .select('id')
    .where('unit', '=', 'hour')
    .executeTakeFirstOrThrow()
  await db
    .insertInto('capacity')
    .values({
      seller_id: REZ,
      id: newId(),
      offer_id,
      valid_from: '2026-01-01',
      valid_to: null,
      places: 5,
      recorded_at: '2026-01-01T00:00:00Z',
    })
    .execute()
  const counted = [
    { code: 'day', name_lv: 'Dienas aprūpe', name_en: 'Day care', offers: 2, capacity: 5, free: 3, active: 3 },
  ]
  const coordinator = world.as('LPR', 'coordinator')
  const sees = coordinator.actor.kind === 'member' ? coordinator.actor.sees : []
  expect(await transact(coordinator, (tx) => countByKind(tx, sees, today))).toEqual(counted)
  expect(await transact(world.as('DGV', 'auditor'), (tx) => countByKind(tx, [DGV], today))).toEqual([])
  expect(await home('LPR', 'coordinator')).toMatch(/href="\/catalogue\?kind_code=day">Dienas aprūpe/)
})

test('counts of others are not told, whatever is asked', async () => {
  const third = world.as('LUD', 'lister', 'buyer', 'finance')
  expect(await transact(third, (tx) => countForLister(tx, REZ, today))).toMatchObject({
    to_answer: 0,
    ending: 0,
    not_recorded: 0,
    drafts: 0,
  })
  expect(await transact(third, (tx) => countForBuyer(tx, DGV, today))).toMatchObject({ referrals: 0, active: 0 })
  expect(await transact(third, (tx) => countForFinance(tx, REZ, today))).toMatchObject({
    issued: 0,
    received: 0,
    late_changes: 0,
  })
  const keys = await transact(third, (tx) => countForAdministrator(tx, REZ, '2026-03-31T00:00:00Z'))
  expect(keys).toMatchObject({ people: 0, tokens: 0 })
})

test('an administrator sees people and keys, and which keys end soon', async () => {
  const token = { organisation_id: DGV, role: 'buyer' as const, name: 'x', created_at: '2026-03-01T00:00:00Z' }
  await db
    .insertInto('api_token')
    .values([
      { ...token, id: newId(), token_hash: 'a', expires_at: '2026-04-15T00:00:00Z' },
      { ...token, id: newId(), token_hash: 'b', expires_at: '2026-03-01T00:00:00Z' },
      { ...token, id: newId(), token_hash: 'c', revoked_at: '2026-03-02T00:00:00Z' },
      { ...token, id: newId(), token_hash: 'd' },
    ])
    .execute()
  await db
    .updateTable('person')
    .set({ disabled_at: '2026-03-01T00:00:00Z' })
    .where('id', '=', world.person['DGV.auditor'] ?? '')
    .execute()
  const counts = await transact(world.as('DGV', 'administrator'), (tx) =>
    countForAdministrator(tx, DGV, '2026-03-31T12:00:00Z'),
  )
  expect(counts).toEqual({ people: 5, disabled: 1, tokens: 2, tokens_ending: 1, members: 0 })
  expect(await home('LPR', 'administrator')).toMatch('Reģiona organizācijas')
})

test('a finance officer sees what waits in settlement, each figure a link; where nothing waits, one calm sentence', async () => {
  const money = (code: Code) =>
    transact(world.as(code, 'finance'), (tx) =>
      countMoneyWaiting(tx, world.organisation[code], world.person[`${code}.finance`]!, '2026-05-20'),
    )
  expect(await home('REZ', 'lister', 'en')).not.toContain('Settlement: waiting for you')
  expect(await home('DGV', 'finance', 'en')).toContain('Nothing waits in settlement today.')
  const { document } = debts(world)
  await document('DGV', 'REZ', '100.00', { due_on: '2026-05-01' })
  await document('DGV', 'REZ', '30.00', { due_on: '2026-05-20' })
  const list = {
    organisation_id: REZ,
    id: newId(),
    number: 1,
    status: 'drafted' as const,
    due_on: today,
    execution_on: today,
  }
  await db
    .insertInto('payment_proposal')
    .values({ ...list, debtor_iban: 'x', grouping: 'invoice', version: '09', made_at: `${today}T10:00:00Z` })
    .execute()
  await db
    .updateTable('payment_proposal')
    .set({ made_by: world.person['REZ.administrator']! })
    .where('id', '=', list.id)
    .execute()
  expect(await money('REZ')).toMatchObject({ to_approve: 1, payables: 1, payable: '100.00' })
  expect(await money('DGV')).toMatchObject({ to_approve: 0, receivables: 1, receivable: '100.00' })
  expect(await money('LUD')).toMatchObject({ receivables: 0, receivable: '0.00', movements: 0, refused: 0 })
  expect(await home('REZ', 'finance', 'en')).toMatch(/href="\/payments">Payment lists to approve/)
})
