import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { type Context, transact } from '../../src/context.ts'
import { newId } from '../../src/ids.ts'
import type { Against, Way } from '../../src/ledger/book.ts'
import { checkLedger } from '../../src/ledger/check-commands.ts'
import { bookPayment, postDocuments, reverseSettling, settleDocuments } from '../../src/ledger/commands.ts'
import { openItems } from '../../src/ledger/store.ts'
import { moneyOf, sumMoney } from '../../src/money.ts'
import { Refusal } from '../../src/refusal.ts'
import { freshDatabase } from '../support/database.ts'
import { offerIn } from '../support/stay.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2026-06-30')
const { db } = world.database
const codes = ['DGV', 'REZ', 'LUD'] as const
const kinds = ['grupu-dzivoklis', 'dienas-centrs'] as const
await db
  .insertInto('service_kind')
  .values(kinds.map((code) => ({ code, name_lv: code, name_en: code })))
  .onConflict((conflict) => conflict.doNothing())
  .execute()
const offers = Object.fromEntries(
  await Promise.all(
    codes.map(async (seller) => [
      seller,
      await Promise.all(
        kinds.map((kind_code) => offerIn(world, { seller, kind_code, title: `${kind_code} ${seller}` })),
      ),
    ]),
  ),
) as Record<Code, string[]>

/** The same numbers for the same seed: a sequence that fails is played again. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

let sequence = 0

/** A document with lines of both kinds, as a close writes it, and not yet booked. */
async function issue(
  next: (below: number) => number,
  corrects: { id: string; seller_id: string; buyer_id: string } | null,
) {
  const seller =
    corrects === null
      ? codes[next(3)]!
      : (codes.find((code) => world.organisation[code] === corrects.seller_id) as Code)
  const buyer_id = corrects?.buyer_id ?? world.organisation[codes.filter((code) => code !== seller)[next(2)]!]
  const seller_id = world.organisation[seller]
  const lines = kinds.map((_, index) => BigInt(next(50_000) + index))
  const net = lines.reduce((sum, cents) => sum + cents, 0n)
  const vat = next(2) === 0 ? 0n : (net * 21n) / 100n
  const id = newId()
  sequence += 1
  await db
    .insertInto('document')
    .values({
      seller_id,
      id,
      buyer_id,
      type: corrects === null ? 'invoice' : 'credit_note',
      number: `${seller}-2026-${String(sequence).padStart(5, '0')}`,
      year: 2026,
      sequence,
      close_month: '2026-05',
      issued_on: '2026-06-05',
      due_on: '2026-07-05',
      corrects_id: corrects?.id ?? null,
      net: moneyOf(net),
      vat: moneyOf(vat),
      total: moneyOf(net + vat),
      vat_summary: '[]',
      record: '{}',
      issued_at: '2026-06-05T00:00:00Z',
    })
    .execute()
  await db
    .insertInto('charge')
    .values(
      lines.map((cents, index) => ({
        seller_id,
        close_month: '2026-05',
        id: newId(),
        line_no: index + 1,
        document_id: id,
        buyer_id,
        placement_id: newId(),
        offer_id: offers[seller][index]!,
        service_month: '2026-05',
        kind: 'standard',
        buyer_amount: moneyOf(cents),
        vat_category: 'E',
      })),
    )
    .execute()
  return { id, seller_id, buyer_id }
}

const ways: [Way, Against | undefined][] = [
  ['payment', undefined],
  ['payment', 'unapplied'],
  ['set_off', undefined],
  ['write_off', undefined],
]

/** What a sequence does at a step: somebody issues, pays, sets off, writes off, takes back; refusals are part of life. */
async function step(
  next: (below: number) => number,
  known: { id: string; seller_id: string; buyer_id: string }[],
  sources: [Way, string][],
) {
  const code = codes[next(3)]!
  const ctx: Context = next(4) === 0 ? world.system() : world.as(code, 'finance')
  const act = next(10)
  if (act < 3 || known.length === 0) {
    const corrected = act === 0 && known.length > 0 ? known[next(known.length)]! : null
    const { rows } = await sql<{ type: string }>`select type from document where id = ${corrected?.id ?? null}`.execute(
      db,
    )
    const issued = await issue(next, rows[0]?.type === 'invoice' ? corrected : null)
    known.push(issued)
    await transact(world.system(), (tx) => postDocuments(tx, world.system(), [issued.id]))
    return
  }
  if (act < 8) {
    const [way, against] = ways[next(ways.length)]!
    const source_id = next(5) === 0 && sources.length > 0 ? sources[next(sources.length)]![1] : newId()
    const chosen = [...new Set(Array.from({ length: 1 + next(3) }, () => known[next(known.length)]!.id))]
    await transact(ctx, async (tx) => {
      const open = await openItems(tx, { document_ids: chosen })
      const entries = open.flatMap(({ document_id, open: left }) => {
        const cents = BigInt(left.replace('.', ''))
        if (cents === 0n) return []
        const amount = next(3) === 0 ? cents : 1n + (cents * BigInt(next(110))) / 100n
        const of = { document_id, way, source_id, booked_on: `2026-06-${10 + next(20)}` }
        return [{ ...of, amount: moneyOf(amount), ...(against && { against }) }]
      })
      await settleDocuments(tx, ctx, entries)
      sources.push([way, source_id])
    })
    return
  }
  if (act === 8 && sources.length > 0) {
    const [way, source_id] = sources[next(sources.length)]!
    await transact(ctx, (tx) => reverseSettling(tx, ctx, { way, source_id, booked_on: '2026-06-30' }))
    return
  }
  const payee_id = world.organisation[codes.filter((each) => each !== code)[next(2)]!]
  const movement = { payment_id: newId(), payer_id: world.organisation[code], payee_id, booked_on: '2026-06-20' }
  const amount = moneyOf(BigInt(next(20_000) - 5_000))
  await transact(ctx, (tx) => bookPayment(tx, ctx, [{ ...movement, amount }]))
}

test.each([1, 2, 3, 4])(
  'after any sequence of documents, settlings and reversals the books prove (%i)',
  async (seed) => {
    const next = numbersFrom(seed)
    const known: { id: string; seller_id: string; buyer_id: string }[] = []
    const sources: [Way, string][] = []
    const refused = new Map<string, number>()
    for (let at = 0; at < 80; at++) {
      await step(next, known, sources).catch((error) => {
        if (!(error instanceof Refusal)) throw error
        refused.set(error.code, (refused.get(error.code) ?? 0) + 1)
      })
    }
    const check = await checkLedger(world.system())
    expect(check.differences).toEqual([])
    expect(check.settlings).toBeGreaterThan(20)
    for (const code of codes) expect(await checkLedger(world.as(code, 'finance'))).toMatchObject({ clean: true })
    // What the books say in all is what is open in all.
    const id = world.organisation.DGV
    const open = await transact(world.as('DGV', 'finance'), (tx) => openItems(tx, { seller_id: id }))
    const { rows } = await sql<{ sum: string }>`
    select coalesce(sum(amount), 0)::numeric(14, 2) as sum from ledger_entry where organisation_id = ${id} and role = 'receivable'`.execute(
      db,
    )
    expect(rows[0]!.sum).toBe(sumMoney(open.map((item) => (item.type === 'invoice' ? item.open : `-${item.open}`))))
  },
)

test('two who settle the same document at the same moment: one waits, and is refused what is no longer open', async () => {
  const issued = await issue(numbersFrom(99), null)
  await transact(world.system(), (tx) => postDocuments(tx, world.system(), [issued.id]))
  const ctx = world.system()
  const [item] = await transact(ctx, (tx) => openItems(tx, { document_ids: [issued.id] }))
  const pay = () =>
    transact(ctx, (tx) =>
      settleDocuments(tx, ctx, [
        { document_id: issued.id, amount: item!.open, way: 'payment', source_id: newId(), booked_on: '2026-06-20' },
      ]),
    )
  const outcomes = await Promise.allSettled([pay(), pay(), pay()])
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'more_than_open' })
  }
  expect(await checkLedger(ctx)).toMatchObject({ clean: true })
})
