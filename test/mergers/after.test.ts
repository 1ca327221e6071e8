import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { balanceAt } from '../../src/balances/store.ts'
import { SavedFilter } from '../../src/catalogue/saved-search.ts'
import { saveSearch } from '../../src/catalogue/saved-search-commands.ts'
import type { Context, Member } from '../../src/context.ts'
import { transact } from '../../src/context.ts'
import { sidesOf } from '../../src/identity/succession-store.ts'
import { newId } from '../../src/ids.ts'
import { announce } from '../../src/jobs/outbox.ts'
import { nodeOutside } from '../../src/jobs/outside-node.ts'
import { checkLedger } from '../../src/ledger/check-commands.ts'
import { carryOutMergers } from '../../src/mergers/commands.ts'
import { writeMessage } from '../../src/messages/commands.ts'
import {
  getThread,
  listThreads,
  markThreadRead,
  openThread,
  threadsAbout,
  unreadSubjects,
} from '../../src/messages/store.ts'
import { centsOf } from '../../src/money.ts'
import { applyPayment, matchMovement, unmatchMovement } from '../../src/payments/movement-commands.ts'
import { importStatement } from '../../src/payments/statement-commands.ts'
import { budgetOf, setYearBudget } from '../../src/placements/commitment-commands.ts'
import { addWebhook, setSendingChannel } from '../../src/sending/commands.ts'
import { sendDue } from '../../src/sending/delivery-commands.ts'
import { camt } from '../payments/statements.ts'
import { refusalOf } from '../placements/market.ts'
import { testSecret } from '../support/world.ts'
import { askAs, beginStory, close, deliver, member, merge } from './story.ts'

const story = await beginStory()
const { world, REZ, LUD, DGV, AUS, stays } = story
const { db } = world.database
const outside = nodeOutside({
  ...{ production: false, address: 'https://vieta.example.lv', mail_from: 'Vieta <vieta@example.lv>' },
  ...{ smtp_url: null, drop_folder: null },
})
const means = { secret: testSecret, outside }
const at = '2026-05-10T12:00:00Z'

/** Somebody who acts for an organisation, with those that merged into it by then. */
async function person(organisation_id: string, predecessors: string[] = [], known?: string): Promise<Context> {
  const id = known ?? newId()
  if (known === undefined)
    await db
      .insertInto('person')
      .values({ id, email: `${id}@example.lv`, name: 'A', password_hash: 'x', created_at: at })
      .execute()
  const ctx = member(world, organisation_id, undefined, predecessors)
  return { ...ctx, actor: { ...(ctx.actor as Member), person_id: id } }
}

const reader = await person(REZ)
const reader_id = (reader.actor as Member).person_id!
const writer = await person(DGV)
const filter = (more: object) => SavedFilter.parse(more)
/** All that is set and said before the merger; the successor has a calendar of its own, and a wish of Daugavpils' documents. */
async function settings() {
  const changed = { changed_at: at }
  const days = { record_days: 1, object_days: 2, close_days: 3, issue_days: 4, ...changed }
  await db
    .insertInto('seller_calendar')
    .values([
      { seller_id: REZ, ...days },
      { seller_id: AUS, ...days, issue_days: 9 },
    ])
    .execute()
  await db
    .insertInto('late_terms')
    .values([
      { organisation_id: REZ, reminder_days: [3, 10], ...changed },
      { organisation_id: LUD, reminder_days: [5], changed_at: '2026-05-09T12:00:00Z' },
    ])
    .execute()
  await db
    .insertInto('payment_settings')
    .values([
      { organisation_id: REZ, approval_limit: '500.00', changed_at: '2026-05-11T12:00:00Z' },
      { organisation_id: LUD, approval_limit: '200.00', ...changed },
    ])
    .execute()
  await db
    .insertInto('account')
    .values([
      { organisation_id: REZ, role: 'receivable', code: '2310R', name: 'Norēķini', ...changed },
      { organisation_id: LUD, role: 'payable', code: '5310L', name: 'Norēķini', changed_at: '2026-05-09T12:00:00Z' },
    ])
    .execute()
  await db
    .insertInto('document_wish')
    .values([
      { id: newId(), buyer_id: REZ, seller_id: null, channel: 'email', order_number: 'R-1', ...changed },
      { id: newId(), buyer_id: REZ, seller_id: DGV, order_number: 'R-2', ...changed },
      { id: newId(), buyer_id: AUS, seller_id: DGV, order_number: 'A-2', ...changed },
      { id: newId(), buyer_id: DGV, seller_id: REZ, order_number: 'D-1', ...changed },
      { id: newId(), buyer_id: LUD, seller_id: REZ, order_number: 'L-1', ...changed },
    ])
    .execute()
  await db
    .insertInto('year_budget')
    .values([
      { buyer_id: REZ, year: 2025, ceiling: '1.00', ...changed },
      { buyer_id: REZ, year: 2026, ceiling: '40000.00', ...changed },
      { buyer_id: LUD, year: 2026, ceiling: '20000.00', ...changed },
      { buyer_id: AUS, year: 2026, ceiling: '500.00', ...changed },
    ])
    .execute()
}

await settings()
await setSendingChannel(member(world, REZ), means, {
  ...{ channel: 'access_point', active: true, url: 'https://ap.example.lv/in', token: 'a token' },
})
await setSendingChannel(member(world, LUD), means, {
  ...{ channel: 'email', active: false, from_address: 'rekini@ludza.lv', from_name: 'Ludza', reply_to: null },
})
const rezHears = await addWebhook(member(world, REZ), means, {
  ...{ url: 'http://localhost:1/rez', events: ['invoice.issued', 'invoice.paid'] },
})
await addWebhook(member(world, LUD), means, { url: 'http://localhost:1/rez', events: ['invoice.paid'] })
const search = await saveSearch(reader, { name: 'Aprūpe', filter: filter({ seller_id: REZ }) })
const theirs = await saveSearch(writer, { name: 'Aprūpe', filter: filter({ seller_id: REZ }) })
const thread = newId()
await transact(writer, async (tx) => {
  const subject = { subject_type: 'placement', subject_id: stays.day!.id, seller_id: DGV, buyer_id: REZ } as never
  await openThread(tx, thread, subject, at)
})
await writeMessage(writer, thread, { note: 'Vai viss labi?', files: [] }, null)
await transact(reader, (tx) =>
  markThreadRead(tx, { seller_id: DGV, id: thread, buyer_id: REZ }, { organisation_id: REZ, person_id: reader_id }, at),
)
await writeMessage(reader, thread, { note: 'Jā.', files: [] }, null)

world.clock.set('2026-06-05')
await deliver(story, stays.hours!, ['2026-05-12'])
await close(story, '2026-05', [DGV, REZ, LUD])
/** Charged once: begun before the day at a seller that stays and at one that merges, the last one on the eve; and still to come. */
async function onceStays() {
  const { m } = story
  const there = await m.offer({ unit: 'once', title: 'Mājokļa pielāgošana' }, { price: { unit_price: '300.00' } })
  const here = await m.offer(
    { seller_id: REZ, unit: 'once', title: 'Sākotnējā novērtēšana' },
    { price: { unit_price: '70.00' }, places: null },
  )
  const from = (wanted_from: string, wanted_to: string | null = null) => ({ wanted_from, wanted_to })
  return [
    await m.placed({ offer: there, buyer: 'REZ', ...from('2026-06-10') }),
    await m.placed({ offer: there, buyer: 'LUD', ...from('2026-06-30', '2026-08-31') }),
    await m.placed({ offer: here, buyer: 'DGV', ...from('2026-06-15', '2026-07-20') }, 'REZ'),
    await m.placed({ offer: there, buyer: 'LUD', ...from('2026-07-01') }),
    await m.placed({ offer: here, buyer: 'DGV', ...from('2026-07-10') }, 'REZ'),
  ]
}
const once = await onceStays()
await merge(story)
world.clock.set('2026-07-01')
await carryOutMergers(db, world.clock)

test('what the successor has set itself holds; what it has not is taken over, of two predecessors what was set last', async () => {
  const one = async (table: string, owner: string, of: string) =>
    (await sql<Record<string, unknown>>`select * from ${sql.table(table)} where ${sql.ref(owner)} = ${of}`.execute(db))
      .rows
  expect(await one('seller_calendar', 'seller_id', AUS)).toMatchObject([{ issue_days: 9 }])
  expect(await one('late_terms', 'organisation_id', AUS)).toMatchObject([{ reminder_days: [3, 10] }])
  expect(await one('late_terms', 'organisation_id', LUD)).toMatchObject([{ reminder_days: [5] }])
  // nobody pays alone what he could not before
  expect(await one('payment_settings', 'organisation_id', AUS)).toMatchObject([{ approval_limit: '200.00' }])
  expect(await one('account', 'organisation_id', AUS)).toMatchObject([{ role: 'receivable', code: '2310R' }])
  const channels = await one('sending_channel', 'seller_id', AUS)
  expect(
    channels.map(({ channel, settings }) => [channel, (settings as { from_name?: string }).from_name ?? null]),
  ).toEqual(
    expect.arrayContaining([
      ['access_point', null],
      ['email', null],
    ]),
  )
})

test('wishes go over both ways: what a predecessor wished, and what others wished of its documents', async () => {
  const { rows } = await sql<{ said: string }>`
    select concat_ws(' ', b.code, s.code, w.order_number) as said from document_wish w join organisation b on b.id = w.buyer_id
    left join organisation s on s.id = w.seller_id where ${AUS} in (w.buyer_id, w.seller_id) order by 1`.execute(db)
  expect(rows.map(({ said }) => said)).toEqual(['AUS DGV A-2', 'AUS R-1', 'DGV AUS D-1'])
})

test('the year is one budget: what all the names spent, against the sum of their budgets', async () => {
  const before = (await Promise.all([REZ, LUD].map((id) => budgetOf(member(world, id), 2026)))).map(
    (budget) => budget.ceiling,
  )
  expect(before).toEqual(['40000.00', '20000.00'])
  const budget = await budgetOf(member(world, AUS, undefined, [REZ, LUD]), 2026)
  expect(budget).toMatchObject({ ceiling: '60500.00' })
  expect([...budget.predecessors].sort()).toEqual(['Ludzas novada pašvaldība', 'Rēzeknes valstspilsētas pašvaldība'])
  const { rows } = await sql<{ sum: string }>`
    select sum(total)::text as sum from document where type = 'invoice' and buyer_id in (${REZ}, ${LUD}) and close_month = '2026-05'`.execute(
    db,
  )
  expect(budget.total.invoiced).toBe(rows[0]!.sum)
  const daugavpils = budget.rows.find((row) => row.seller_id === DGV)!
  expect(Number(daugavpils.committed)).toBeGreaterThan(0)
  expect(await budgetOf(member(world, AUS, undefined, [REZ, LUD]), 2025)).toMatchObject({
    ceiling: null,
    predecessors: [],
  })
  // For a buyer the seller of the year is one, under its name at the end of the year.
  const theirs = await budgetOf(member(world, DGV), 2026)
  expect(theirs.rows.map((row) => row.seller_id)).toEqual([AUS])
  await setYearBudget(member(world, AUS), 2026, { ceiling: '70000.00' })
  expect(await budgetOf(member(world, AUS, undefined, [REZ, LUD]), 2026)).toMatchObject({ ceiling: '70000.00' })
})

test('searches are kept on with the successor, and look at the offers that go on', async () => {
  const kept = await db.selectFrom('saved_search').select(['id', 'organisation_id', 'filter', 'matching_ids']).execute()
  const seller_id = (filter: unknown) => (filter as { seller_id: string }).seller_id
  expect(kept.map((row) => [row.id, row.organisation_id, seller_id(row.filter)]).sort()).toEqual(
    [
      [search.id, AUS, AUS],
      [theirs.id, DGV, AUS],
    ].sort(),
  )
  const offers = await db.selectFrom('offer').select('id').where('seller_id', '=', AUS).execute()
  for (const { matching_ids } of kept) {
    expect(matching_ids.length).toBeGreaterThan(0)
    for (const id of matching_ids) expect(offers.map((offer) => offer.id)).toContain(id)
  }
})

test('what a predecessor had read is read; what is written later is not, and of a stay that goes on it is one thread', async () => {
  const newcomer = await person(AUS, [REZ, LUD])
  const id = (newcomer.actor as Member).person_id!
  const unread = () =>
    transact(newcomer, (tx) => listThreads(tx, { person_id: id, unread: true }, { limit: 5, after: null }))
  expect(await unread()).toEqual([])
  expect(await transact(newcomer, (tx) => unreadSubjects(tx, id))).toEqual([])
  const next = await db
    .selectFrom('placement')
    .select('id')
    .where('follows_id', '=', stays.day!.id)
    .executeTakeFirstOrThrow()
  for (const ctx of [newcomer, writer]) {
    expect(await transact(ctx, (tx) => threadsAbout(tx, 'placement', next.id, null))).toMatchObject([{ id: thread }])
  }
  world.clock.set('2026-07-02')
  await writeMessage(writer, thread, { note: 'Un tagad?', files: [] }, null)
  expect(await unread()).toMatchObject([{ id: thread, unread: 1 }])
  const told = await db
    .selectFrom('notice')
    .select('organisation_id')
    .where('created_at', '>=', '2026-07-02T00:00:00Z')
    .where('organisation_id', 'in', [REZ, AUS])
    .execute()
  expect(told).toEqual([{ organisation_id: AUS }])
  expect(await transact(newcomer, (tx) => getThread(tx, thread, id))).toMatchObject({ unread: 1 })
  expect(
    await transact(await person(LUD), (tx) =>
      listThreads(tx, { person_id: id, unread: false }, { limit: 5, after: null }),
    ),
  ).toEqual([])
})

test('the successor’s endpoints hear of documents in the old names, once, and what a predecessor had sealed still opens', async () => {
  const endpoints = await db.selectFrom('webhook_endpoint').select(['organisation_id', 'id', 'removed_at']).execute()
  // One address was named by both: it hears once, at the endpoint named last.
  expect(endpoints.filter(({ removed_at }) => removed_at === null)).toMatchObject([{ organisation_id: AUS }])
  const documents = await db
    .selectFrom('document')
    .select(['id', 'seller_id', 'buyer_id'])
    .where('close_month', '=', '2026-05' as never)
    .execute()
  const old = documents.find((document) => document.buyer_id === REZ && document.seller_id === DGV)!
  const internal = documents.find((document) => document.buyer_id === LUD && document.seller_id === REZ)!
  await transact(member(world, AUS, undefined, [REZ, LUD]), (tx) =>
    announce(tx, member(world, AUS), 'invoice.paid', [old.id, internal.id], 'p1'),
  )
  const told = await db
    .selectFrom('outbox')
    .select(['organisation_id', 'document_id'])
    .where('kind', '=', 'webhook')
    .where(sql<boolean>`payload ->> 'type' = 'invoice.paid'`)
    .execute()
  expect(told.map(({ organisation_id, document_id }) => [organisation_id, document_id]).sort()).toEqual(
    [
      [AUS, old.id],
      [AUS, internal.id],
    ].sort(),
  )
  // A stranger cannot have anybody told.
  await transact(member(world, story.PRE), (tx) =>
    announce(tx, member(world, story.PRE), 'invoice.paid', [old.id], 'p2'),
  )
  world.clock.set('2026-07-03')
  await sendDue(db, world.clock, { ...means, makePdf: async () => new Uint8Array() })
  const tried = await db
    .selectFrom('outbox')
    .select(['reason', 'key'])
    .where('kind', '=', 'webhook')
    .where('organisation_id', '=', AUS)
    .execute()
  expect(tried.length).toBeGreaterThanOrEqual(2)
  expect(tried.map(({ reason }) => reason)).not.toContain('settings_unreadable')
  expect(tried.some(({ key }) => key.includes(' p2 '))).toBe(false)
  expect(rezHears.endpoint.organisation_id).toBe(REZ)
})

const ask = (organisation_id: string, method: string, path: string, body?: unknown) =>
  askAs(story, organisation_id, 'finance', method, path, body)
const successor = () => member(world, AUS, ['finance'], [REZ, LUD])
const documentOf = (seller_id: string, buyer_id: string) =>
  db
    .selectFrom('document')
    .selectAll()
    .where('seller_id', '=', seller_id)
    .where('buyer_id', '=', buyer_id)
    .executeTakeFirstOrThrow()
/** What stands between two by their items: above zero it is owed to who asks. */
const owedBy = (items: { to_us: boolean; open: string }[]) =>
  items.reduce((sum, { to_us, open }) => sum + (to_us ? 1n : -1n) * centsOf(open), 0n)
const clean = async () => expect(await checkLedger(world.system())).toMatchObject({ differences: [] })

test('money of the successor that came for no document is used for an old one, and taken back; all books stay right', async () => {
  world.clock.set('2026-07-03')
  const [old, second] = [await documentOf(DGV, REZ), await documentOf(DGV, LUD)]
  const ibans = { [AUS]: 'LV80BANK0000435195001', [DGV]: 'LV44BANK0000000000202' }
  await db.updateTable('organisation').set({ iban: ibans[DGV]! }).where('id', '=', DGV).execute()
  const entry = { amount: '60.00', reference: 'avanss', on: '2026-07-03', side: 'DBIT', iban: ibans[DGV]! }
  const bytes = camt({ iban: ibans[AUS]!, id: 'A1', entries: [entry] as never })
  await importStatement(successor(), { name: 'A1.xml', bytes })
  const movement = await db.selectFrom('bank_movement').select('id').executeTakeFirstOrThrow()
  await matchMovement(successor(), movement.id, { items: [{ document_id: old.id, amount: '10.00' }] })
  const payment = await db.selectFrom('payment').select(['id', 'payer_id', 'unapplied']).executeTakeFirstOrThrow()
  expect(payment).toMatchObject({ payer_id: AUS, unapplied: '50.00' })
  await clean()
  const used = { items: [{ document_id: second.id, amount: '30.00' }] }
  expect(await refusalOf(applyPayment(member(world, story.PRE, ['finance']), payment.id, used))).toMatchObject({
    code: 'not_found',
  })
  const internal = await documentOf(REZ, LUD)
  expect(
    await refusalOf(applyPayment(successor(), payment.id, { items: [{ document_id: internal.id, amount: '1.00' }] })),
  ).toMatchObject({ code: 'invalid_input' })
  expect((await ask(AUS, 'POST', `/payments/${payment.id}/apply`, used)).status).toBe(200)
  // The other side may use it as well: whose money it was is the same in both books.
  await applyPayment(member(world, DGV, ['finance']), payment.id, { items: [{ document_id: old.id, amount: '5.00' }] })
  await clean()
  const between = await sql<{ whose: string; amount: string }>`
    select o.code || ' ' || c.code as whose, sum(e.amount)::text as amount from ledger_entry e
    join organisation o on o.id = e.organisation_id join organisation c on c.id = e.counterparty_id
    where e.role = 'set_off' group by 1 order by 1`.execute(db)
  expect(between.rows).toEqual([
    { whose: 'AUS LUD', amount: '30.00' },
    { whose: 'AUS REZ', amount: '15.00' },
    { whose: 'LUD AUS', amount: '-30.00' },
    { whose: 'REZ AUS', amount: '-15.00' },
  ])
  const open = async () =>
    (
      await sql<{
        open: string
      }>`select open::text from open_item where document_id in (${old.id}, ${second.id})`.execute(db)
    ).rows
  const before = await open()
  await unmatchMovement(successor(), movement.id)
  expect(await open()).not.toEqual(before)
  await clean()
  const left = await sql<{ sum: string }>`
    select sum(amount)::text as sum from ledger_entry where role in ('unapplied', 'set_off') group by organisation_id, counterparty_id, role`.execute(
    db,
  )
  expect(new Set(left.rows.map((row) => row.sum))).toEqual(new Set(['0.00']))
  await matchMovement(successor(), movement.id, { items: [{ document_id: old.id, amount: '10.00' }] })
})

test('a statement of account is of all the names together, and each line says under which it stands', async () => {
  const path = (other: string) => `/balances/${other}/statement?from=2026-01-01&to=2026-07-03`
  const ours = (await ask(AUS, 'GET', path(DGV))).body
  expect(ours.our_old_names).toEqual(['Ludzas novada pašvaldība', 'Rēzeknes valstspilsētas pašvaldība'])
  const old = await documentOf(DGV, REZ)
  expect(ours.movements.find((row: { documents: string[] }) => row.documents.includes(old.number))).toMatchObject({
    kind: 'invoice',
    our_name: 'Rēzeknes valstspilsētas pašvaldība',
    their_name: null,
  })
  const theirs = (await ask(DGV, 'GET', path(AUS))).body
  expect(centsOf(theirs.closing)).toBe(-centsOf(ours.closing))
  expect(theirs.movements.some((row: { their_name: string }) => row.their_name === 'Ludzas novada pašvaldība')).toBe(
    true,
  )
  // what passed from one name to another is one line, of the document it was for
  const lines = (rows: { kind: string }[]) => rows.filter((row) => row.kind === 'payment').length
  expect([lines(ours.movements), lines(theirs.movements)]).toEqual([1, 1])
  const items = (await ask(AUS, 'GET', `/balances/${DGV}/items`)).body.items
  expect(owedBy(items)).toBe(centsOf(ours.closing))
  // what one old name owes the other is nobody's debt any more: it stands in the old books alone
  expect(
    (await ask(AUS, 'GET', '/balances')).body.we_owe.map((row: { counterparty_id: string }) => row.counterparty_id),
  ).toEqual([DGV])
  // the old name by itself, for who asks about it
  const alone = (await ask(DGV, 'GET', path(REZ))).body
  expect(alone.their_old_names).toEqual([])
  expect(owedBy((await ask(DGV, 'GET', `/balances/${REZ}/items`)).body.items)).toBe(centsOf(alone.closing))
  expect((await ask(story.PRE, 'GET', path(AUS))).body).toMatchObject({ movements: [], closing: '0.00' })
})

test('a confirmation is of all the names together, on any day, and the paper names them', async () => {
  const sent = await ask(AUS, 'POST', '/balance-confirmations', {
    counterparty_id: DGV,
    stated_on: '2026-06-30',
    signer: 'Anna',
  })
  expect(sent.status).toBe(201)
  const names = (sent.body.figures.items as { our_name: string }[]).map((item) => item.our_name)
  expect(new Set(names)).toEqual(new Set(['Ludzas novada pašvaldība', 'Rēzeknes valstspilsētas pašvaldība']))
  const book = await transact(world.system(), async (tx) => balanceAt(tx, await sidesOf(tx, AUS, DGV), '2026-06-30'))
  expect(sent.body.balance).toBe(book)
  const answered = await ask(DGV, 'POST', `/balance-confirmations/${sent.body.id}/answer`, {
    answer: 'confirmed',
    signer: 'Jānis',
  })
  expect(answered).toMatchObject({ status: 200, body: { status: 'confirmed' } })
  expect((await ask(story.PRE, 'GET', `/balance-confirmations/${sent.body.id}`)).status).toBe(404)
})

test('closing balances of the old books stand beside the own one, and as one book what they owed each other is gone', async () => {
  const { status, body } = await ask(AUS, 'GET', '/ledger/together')
  expect([status, body.on]).toEqual([200, '2026-06-30'])
  const ids = body.books.map((book: { organisation_id: string }) => book.organisation_id)
  expect(ids).toEqual([AUS, LUD, REZ])
  type Row = { role: string; kind_code: string | null; closings: string[]; between: string; together: string }
  const items = body.items as Row[]
  const zero = (of: (row: Row) => string) => expect(items.reduce((sum, row) => sum + centsOf(of(row)), 0n)).toBe(0n)
  for (const index of [0, 1, 2]) zero((row) => row.closings[index]!)
  zero((row) => row.between)
  zero((row) => row.together)
  const rez = (await ask(AUS, 'GET', `/ledger/balances?organisation_id=${REZ}&to=2026-06-30`)).body.items as {
    role: string
    kind_code: string | null
    closing: string
  }[]
  for (const { role, kind_code, closing } of rez) {
    const row = items.find((one) => one.role === role && one.kind_code === kind_code)
    expect(row?.closings[2] ?? '0.00', role).toBe(closing)
  }
  const internal = await documentOf(REZ, LUD)
  const receivable = items.find((row) => row.role === 'receivable')!
  expect(receivable.between).toBe(`-${internal.total}`)
  expect(items.find((row) => row.role === 'payable')!.between).toBe(internal.total)
  expect((await ask(story.PRE, 'GET', `/ledger/together?organisation_id=${AUS}`)).status).toBe(404)
  expect((await ask(story.PRE, 'GET', '/ledger/together')).body.books).toHaveLength(1)
  const today = (await ask(AUS, 'GET', '/ledger/together?on=2026-07-03')).body
  expect(today.items.find((row: Row) => row.role === 'set_off')).toMatchObject({ together: '0.00' })
})

test('what is charged once is charged once (R2): by its first day, though the stay ends with the merger and nothing follows it', async () => {
  const followers = await db
    .selectFrom('placement')
    .select('id')
    .where(
      'follows_id',
      'in',
      once.map(({ id }) => id),
    )
    .execute()
  expect(followers).toEqual([])
  world.clock.set('2026-08-04')
  await close(story, '2026-06', [DGV, REZ, LUD])
  await close(story, '2026-07', [DGV, REZ, LUD, AUS])
  world.clock.set('2026-09-02')
  await close(story, '2026-08', [DGV, AUS])
  const charged = await sql<{ place: number; said: string }>`
    select array_position(${once.map(({ id }) => id)}::uuid[], c.placement_id) as place,
      concat_ws(' ', s.code, b.code, c.service_month, c.close_month, c.buyer_amount) as said
    from charge c join organisation s on s.id = c.seller_id join organisation b on b.id = c.buyer_id
    where c.placement_id = any (${once.map(({ id }) => id)}::uuid[]) order by 1, 2`.execute(db)
  expect(charged.rows.map(({ said }) => said)).toEqual([
    'DGV REZ 2026-06 2026-06 300.00',
    'DGV LUD 2026-06 2026-06 300.00',
    'REZ DGV 2026-06 2026-06 70.00',
    'DGV AUS 2026-07 2026-07 300.00',
    'AUS DGV 2026-07 2026-07 70.00',
  ])
  // and none of them is still to come in the year's budget, nor is a stay of which only the day of departure is left
  const budget = await budgetOf(member(world, AUS, undefined, [REZ, LUD]), 2026)
  expect(budget.rows.map(({ seller_id, placements }) => [seller_id, placements])).toEqual([
    [DGV, 5],
    [REZ, 0],
  ])
  await clean()
})
