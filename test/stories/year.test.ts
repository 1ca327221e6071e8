/**
 * A year between three municipalities, by the real commands as the right people, with everything in it that may follow an
 * invoice. At its end all balances are confirmed, the books prove, and what is open is what the story left open.
 */
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { draftAgreement, signAgreement } from '../../src/agreements/commands.ts'
import { answerBalanceConfirmation, sendBalanceConfirmation } from '../../src/balances/commands.ts'
import { addMonths, lastDay, type Month } from '../../src/calendar.ts'
import { answerClaim, draftClaim, payClaim, sendClaim } from '../../src/claims/commands.ts'
import { listWaiting, readClaimCheck } from '../../src/claims/store.ts'
import { transact } from '../../src/context.ts'
import { recordDeliveries, withdrawDelivery } from '../../src/deliveries/commands.ts'
import { confirmDays } from '../../src/deliveries/confirmation-commands.ts'
import { listToConfirm } from '../../src/deliveries/confirmation-store.ts'
import {
  acceptDispute,
  escalateDispute,
  raiseDispute,
  rejectDispute,
  resolveDispute,
} from '../../src/disputes/commands.ts'
import { newId } from '../../src/ids.ts'
import { creditorReference } from '../../src/invoicing/creditor-reference.ts'
import { checkLedger } from '../../src/ledger/check-commands.ts'
import { type OpenItem, openItems } from '../../src/ledger/store.ts'
import { writeOff } from '../../src/ledger/write-off-commands.ts'
import { centsOf, type Money, moneyOf } from '../../src/money.ts'
import { answerNetting, joinNettingCircle, proposeNetting, reverseNetting } from '../../src/netting/commands.ts'
import { applyPayment } from '../../src/payments/movement-commands.ts'
import { importStatement } from '../../src/payments/statement-commands.ts'
import { receiveDocument } from '../../src/receiving/commands.ts'
import { closeMonth } from '../../src/settlement/commands.ts'
import { iban } from '../payments/market.ts'
import { camt, type Entry } from '../payments/statements.ts'
import { bytesOf, sampleXml } from '../receiving/sample.ts'
import { freshDatabase } from '../support/database.ts'
import { offerIn, placementIn } from '../support/stay.ts'
import { createWorld } from '../support/world.ts'

const database = await freshDatabase()
const { db } = database
const world = await createWorld(database, '2025-12-20')
const codes = ['DGV', 'REZ', 'LUD'] as const
type Who = (typeof codes)[number]
const pairs = codes.flatMap((seller) =>
  codes.filter((buyer) => buyer !== seller).map((buyer) => [seller, buyer] as const),
)
const months = Array.from({ length: 12 }, (_, index) => addMonths('2026-01' as Month, index))
const numbers: Record<Who, string> = { DGV: '90000077325', REZ: '90000025465', LUD: '90000017453' }
const finance = (code: Who) => world.as(code, 'finance')
const idOf = (code: Who) => world.organisation[code]
const placements = new Map<string, string>()
const given = new Map<string, string[]>()

beforeAll(async () => {
  for (const code of codes) {
    const own = db.updateTable('organisation').where('id', '=', idOf(code))
    await own.set({ iban: iban[code], registration_number: numbers[code] }).execute()
    const offer_id = await offerIn(world, { seller: code, title: `Dienas centrs ${code}` })
    await db
      .insertInto('price')
      .values({
        seller_id: idOf(code),
        id: newId(),
        offer_id,
        valid_from: '2026-01-01',
        unit_price: { DGV: '20.00', REZ: '22.58', LUD: '18.51' }[code],
        recorded_at: '2025-12-20T00:00:00Z',
      })
      .execute()
    for (const buyer of codes) {
      if (buyer === code) continue
      const esf = { source: 'esf', percent: '85', collected_by: 'buyer' }
      const state = { source: 'state', per_unit: '2.10', collected_by: 'seller' }
      const funding = code === 'LUD' ? [] : [buyer === 'REZ' ? esf : state]
      placements.set(
        `${code} ${buyer}`,
        await placementIn(world, offer_id, { seller: code, buyer, funding: funding as never }),
      )
    }
  }
  for (const [seller, buyer] of pairs) {
    const { id, version } = await draftAgreement(finance(seller), {
      ...{ seller_id: idOf(seller), buyer_id: idOf(buyer), number: `${seller}-${buyer}/1`, valid_from: '2026-01-01' },
      ...{ valid_to: null, confirmation: 'silence_confirms', answer_days: 30, netting: true, pay_days: 20 },
      ...{ price_class: null, note: '', year_ceiling: null },
    })
    for (const code of [seller, buyer]) await signAgreement(finance(code), id, { signer: 'A. Bērziņa', version })
  }
  for (const code of codes) await joinNettingCircle(finance(code))
})

// What happens every month

async function give(month: Month): Promise<void> {
  world.clock.set(lastDay(month))
  for (const [index, [seller, buyer]] of pairs.entries()) {
    const placement_id = placements.get(`${seller} ${buyer}`)!
    const { items } = await recordDeliveries(
      world.as(seller, 'lister'),
      Array.from({ length: 6 + index }, (_, day) => ({
        placement_id,
        delivered_on: `${month}-${String(day + 2).padStart(2, '0')}`,
        kind: 'delivered' as const,
        quantity: '1',
        note: '',
      })),
    )
    given.set(
      `${seller} ${buyer} ${month}`,
      items.map(({ id }) => id),
    )
  }
}

/** Every day is confirmed by who buys it, before the seller closes. */
async function confirm(month: Month): Promise<void> {
  for (const code of codes) {
    const ctx = world.as(code, 'buyer')
    const query = { month, buyer_id: idOf(code), placement_ids: null, today: world.clock.today() }
    const rows = await transact(ctx, (tx) => listToConfirm(tx, query, { limit: 50, after: null }))
    const said = rows.map(({ placement_id, seen }) => ({ placement_id, seen, confirmed: 'all' as const, objected: [] }))
    if (said.length > 0) await confirmDays(ctx, { month, placements: said })
  }
}

async function close(month: Month): Promise<void> {
  world.clock.set(`${addMonths(month, 1)}-04`)
  await confirm(month)
  world.clock.set(`${addMonths(month, 1)}-05`)
  for (const code of codes) await closeMonth(finance(code), month)
}

const open = (filter: Parameters<typeof openItems>[1] = {}) => transact(world.system(), (tx) => openItems(tx, filter))

async function invoice(seller: Who, buyer: Who, month: Month): Promise<OpenItem> {
  const items = await open({ seller_id: idOf(seller), buyer_id: idOf(buyer), settled_too: true })
  return items.find((item) => item.close_month === month && item.type === 'invoice')!
}
const left = async (item: OpenItem) => (await open({ document_ids: [item.document_id] }))[0]!.open

let statement = 0
async function take(code: Who, entries: Entry[]): Promise<Uint8Array> {
  statement += 1
  const bytes = camt({ id: `Y-${statement}`, iban: iban[code], entries })
  await importStatement(finance(code), { name: 'izraksts.xml', bytes })
  return bytes
}

/** A payment as the payer's bank tells it, and as the payee's does. */
const codeOf = (id: string) => codes.find((code) => idOf(code) === id)!
function sent(item: OpenItem, amount: string): Entry {
  const reference = creditorReference(item.number)
  return { amount, side: 'DBIT', reference, iban: iban[codeOf(item.seller_id)], on: world.clock.today() }
}
const came = (item: OpenItem, amount: string): Entry => ({
  ...sent(item, amount),
  side: 'CRDT',
  iban: iban[codeOf(item.buyer_id)],
})

/** What is due is paid, each by its buyer's statement. */
async function payAll(code: Who, except: readonly string[] = []): Promise<void> {
  const items = (await open({ buyer_id: idOf(code) })).filter(
    (item) => item.type === 'invoice' && !except.includes(item.document_id),
  )
  if (items.length > 0)
    await take(
      code,
      items.map((item) => sent(item, item.open)),
    )
}

async function payEverybody(except: readonly string[] = []): Promise<void> {
  for (const code of codes) await payAll(code, except)
}

async function object(seller: Who, buyer: Who, month: Month, amount: Money): Promise<string> {
  const { document_id } = await invoice(seller, buyer, month)
  const { id } = await raiseDispute(finance(buyer), {
    ...{
      document_id,
      line_no: 1,
      reason: 'not_delivered',
      amount,
      quantity: null,
      note: 'Tajā dienā klients bija mājās.',
    },
  })
  return id
}

async function month(index: number, money: (month: Month) => Promise<void>): Promise<void> {
  const its = months[index]!
  await give(its)
  await close(its)
  world.clock.set(`${addMonths(its, 1)}-20`)
  await money(its)
  const { differences } = await checkLedger(world.system())
  expect(differences).toEqual([])
}

// The year

test('January: everything is paid; the sellers’ statements find the same payments', async () => {
  await month(0, async (its) => {
    await payEverybody()
    expect(await open()).toEqual([])
    const item = await invoice('DGV', 'REZ', its)
    await take('DGV', [came(item, item.total)])
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from payment`.execute(db)
    expect(rows[0]!.n).toBe(pairs.length)
  })
})

test('February: one is paid in part, and the rest a month later', async () => {
  await month(1, async (its) => {
    const item = await invoice('DGV', 'REZ', its)
    await take('REZ', [sent(item, '40.00')])
    expect(await left(item)).toBe(moneyOf(centsOf(item.total) - 4000n))
    await payEverybody()
    expect(await open()).toEqual([])
  })
})

let over = ''
test('March: one is paid with ten euro too much, which wait', async () => {
  await month(2, async (its) => {
    const item = await invoice('LUD', 'REZ', its)
    await take('REZ', [sent(item, moneyOf(centsOf(item.total) + 1000n))])
    const { rows } = await sql<{
      id: string
      unapplied: string
    }>`select id, unapplied from payment where unapplied > 0`.execute(db)
    expect(rows).toMatchObject([{ unapplied: '10.00' }])
    over = rows[0]!.id
    await payEverybody()
  })
})

test('April: what was too much is used; one payment comes back, and is made again', async () => {
  await month(3, async (its) => {
    const used = await invoice('LUD', 'REZ', its)
    await applyPayment(finance('REZ'), over, { items: [{ document_id: used.document_id, amount: '10.00' }] })
    const item = await invoice('REZ', 'DGV', its)
    const entry = sent(item, item.total)
    await take('DGV', [entry])
    expect(await left(item)).toBe('0.00')
    await take('DGV', [{ ...entry, side: 'CRDT', returned: true }])
    expect(await left(item)).toBe(item.total)
    await payEverybody()
    expect(await open()).toEqual([])
  })
})

test('May: the same statement twice changes nothing, and a day withdrawn late gives a credit note in June', async () => {
  await month(4, async (its) => {
    const item = await invoice('LUD', 'DGV', its)
    const bytes = await take('DGV', [sent(item, item.total)])
    await importStatement(finance('DGV'), { name: 'vēlreiz.xml', bytes })
    expect(await left(item)).toBe('0.00')
    await payEverybody()
    await withdrawDelivery(world.as('DGV', 'lister'), given.get(`DGV REZ ${its}`)!.at(-1)!)
  })
})

test('June: an objection is accepted with a credit note; all that is left is paid', async () => {
  await month(5, async (its) => {
    const notes = (await open({ seller_id: idOf('DGV'), settled_too: true })).filter(
      ({ type }) => type === 'credit_note',
    )
    // the first day of June's close gives May's withdrawn day back, of an invoice that was paid
    expect(notes).toMatchObject([{ total: '20.00', open: '20.00' }])
    await acceptDispute(finance('LUD'), await object('LUD', 'REZ', its, '18.51'), { amount: null, note: null })
    const item = await invoice('LUD', 'REZ', its)
    expect(await left(item)).toBe(moneyOf(centsOf(item.total) - 1851n))
    await payEverybody()
  })
})

test('July: an objection is rejected, and the buyer leaves it at that', async () => {
  await month(6, async (its) => {
    const id = await object('DGV', 'LUD', its, '20.00')
    await rejectDispute(finance('DGV'), id, { note: 'Apmeklējumu lapa ir parakstīta.' })
    await payEverybody()
  })
})

test('August: an objection goes to the region, which gives back a part', async () => {
  await month(7, async (its) => {
    const id = await object('REZ', 'LUD', its, '22.58')
    await rejectDispute(finance('REZ'), id, { note: 'Nē.' })
    await escalateDispute(finance('LUD'), id, { note: 'Lūdzam izlemt.' })
    const decided = await resolveDispute(world.as('LPR', 'coordinator'), id, { amount: '10.00', note: 'Daļēji.' })
    expect(decided).toMatchObject({ status: 'resolved' })
    await payEverybody()
  })
})

test('September: everybody’s debts are set off in the circle; what is left over are transfers', async () => {
  await month(8, async () => {
    const before = await open()
    const netting = await proposeNetting(finance('DGV'), { counterparty_id: null, netted_on: null, due_on: null })
    await answerNetting(finance('REZ'), netting.id, { answer: 'accepted', round: 1 })
    const settled = await answerNetting(finance('LUD'), netting.id, { answer: 'accepted', round: 1 })
    expect(settled.status).toBe('settled')
    const after = await open()
    expect(before.length).toBeGreaterThan(6)
    expect(after).toEqual([])
  })
})

test('October: two set off by their agreement, and take it back; then all is paid', async () => {
  await month(9, async () => {
    const input = { counterparty_id: idOf('REZ'), netted_on: null, due_on: null }
    const netting = await proposeNetting(finance('DGV'), input)
    const before = await open()
    expect((await answerNetting(finance('REZ'), netting.id, { answer: 'accepted', round: 1 })).status).toBe('settled')
    const reversed = await reverseNetting(finance('REZ'), netting.id, { note: 'Kļūda' })
    expect(reversed.status).toBe('reversed')
    expect(await open()).toEqual(before)
    await payEverybody()
  })
})

test('November: a cent that is missing is written off, and an invoice comes from outside', async () => {
  await month(10, async (its) => {
    const item = await invoice('REZ', 'LUD', its)
    await take('LUD', [sent(item, moneyOf(centsOf(item.total) - 1n))])
    const { document_id } = item
    const booked_on = world.clock.today()
    await writeOff(finance('REZ'), { document_id, amount: '0.01', reason: 'Noapaļojums', booked_on })
    expect(await left(item)).toBe('0.00')
    const xml = sampleXml({ number: 'A-11', issued_on: booked_on, buyer: { number: numbers.REZ } })
    expect(await receiveDocument(finance('REZ'), bytesOf(xml), 'upload')).toMatchObject({ known: false })
    expect(await receiveDocument(finance('REZ'), bytesOf(xml), 'upload')).toMatchObject({ known: true })
    await payEverybody()
  })
})

test('December: Rēzekne claims the year from the ESF in two claims, one of them cut', async () => {
  const claim = async (until_month: string) => {
    const { id } = await draftClaim(finance('REZ'), { source: 'esf', until_month })
    await sendClaim(finance('REZ'), id, { claimed_on: world.clock.today() })
    return id
  }
  await month(11, async () => {
    await payEverybody()
    const answered_on = world.clock.today()
    const [first, second] = [await claim('2026-06'), await claim('2026-12')]
    const cuts = [{ line_no: 1, amount: '5.10', reason: 'Nav attaisnots' }]
    expect(await answerClaim(finance('REZ'), first, { answered_on, cuts })).toMatchObject({
      status: 'cut',
      cut: '5.10',
    })
    expect(await answerClaim(finance('REZ'), second, { answered_on, cuts: [] })).toMatchObject({ status: 'approved' })
    for (const id of [first, second]) await payClaim(finance('REZ'), id, { paid_on: answered_on, payment_note: null })
  })
  const { rows } = await sql<{ left: string }>`select sum(amount)::numeric(14, 2) as left from ledger_entry
    where organisation_id = ${idOf('REZ')} and role = 'funder_claim' and funder = 'esf'`.execute(db)
  expect(rows[0]!.left).toBe('0.00')
  expect(await transact(finance('REZ'), (tx) => listWaiting(tx, idOf('REZ')))).toMatchObject([{ source: 'state' }])
})

// The end of it

test('what is open at the end is what the story left: credit notes of invoices that were paid', async () => {
  const items = await open()
  expect(items.filter(({ type }) => type === 'invoice')).toEqual([])
  for (const { total, open: rest } of items) expect(rest).toBe(total)
})

test('all balances are confirmed by all, item by item', async () => {
  for (const [one, other] of [
    ['DGV', 'REZ'],
    ['DGV', 'LUD'],
    ['REZ', 'LUD'],
  ] as const) {
    const made = await sendBalanceConfirmation(finance(one), {
      ...{ counterparty_id: idOf(other), stated_on: world.clock.today(), signer: 'A', note: '' },
    })
    const back = await answerBalanceConfirmation(finance(other), made.id, {
      answer: 'confirmed',
      signer: 'B',
      note: '',
    })
    expect(back.status).toBe('confirmed')
  }
})

test('the books prove, for the program, each municipality and the region; no cost is claimed or asked for twice', async () => {
  const actors = [world.system(), ...codes.map(finance), world.as('LPR', 'auditor')]
  for (const ctx of actors) expect(await checkLedger(ctx)).toMatchObject({ clean: true, differences: [] })
  for (const code of codes) {
    const check = await transact(finance(code), (tx) => readClaimCheck(tx, idOf(code)))
    expect(check).toMatchObject({ clean: true, findings: [] })
  }
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from document`.execute(db)
  expect(rows[0]!.n).toBeGreaterThanOrEqual(pairs.length * 12)
})
