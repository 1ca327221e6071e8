/** Issued documents without the month behind them: who owes whom how much, booked as the close would. */
import { transact } from '../../src/context.ts'
import { json } from '../../src/db/json.ts'
import { newId } from '../../src/ids.ts'
import { postDocuments, settleDocuments } from '../../src/ledger/commands.ts'
import type { Code, World } from '../support/world.ts'

export function debts(world: World) {
  const { db } = world.database
  const numbers = new Map<Code, number>()

  /** A document of `seller` to `buyer`; `type: 'credit_note'` is owed by the seller. */
  async function document(
    seller: Code,
    buyer: Code,
    total: string,
    facts: { type?: 'invoice' | 'credit_note'; issued_on?: string; due_on?: string; corrects_id?: string } = {},
  ): Promise<string> {
    const { type = 'invoice', issued_on = '2026-03-05', due_on = '2026-04-04' } = facts
    const sequence = (numbers.get(seller) ?? 0) + 1
    numbers.set(seller, sequence)
    const id = newId()
    const of = { seller_id: world.organisation[seller], buyer_id: world.organisation[buyer] }
    const corrects_id =
      type === 'invoice' ? null : (facts.corrects_id ?? (await document(seller, buyer, '0.00', facts0)))
    await db
      .insertInto('document')
      .values({
        ...of,
        id,
        type,
        number: `${seller}-2026-${String(sequence).padStart(5, '0')}`,
        year: 2026,
        sequence,
        close_month: '2026-02',
        issued_on,
        due_on,
        corrects_id,
        net: total,
        vat: '0.00',
        total,
        vat_summary: json([]),
        record: json({}),
        issued_at: `${issued_on}T10:00:00Z`,
      })
      .execute()
    await db
      .insertInto('charge')
      .values({
        ...of,
        id: newId(),
        close_month: '2026-02',
        line_no: 1,
        document_id: id,
        placement_id: newId(),
        offer_id: newId(),
        service_month: '2026-02',
        kind: 'standard',
        buyer_amount: total,
        vat_category: 'E',
      })
      .execute()
    const ctx = world.system()
    await transact(ctx, (tx) => postDocuments(tx, ctx, [id]))
    return id
  }
  const facts0 = { type: 'invoice' as const }

  async function pay(document_id: string, amount: string, booked_on = world.clock.today()): Promise<string> {
    const ctx = world.system()
    const source_id = newId()
    await transact(ctx, (tx) =>
      settleDocuments(tx, ctx, [{ document_id, amount, way: 'payment', source_id, booked_on }]),
    )
    return source_id
  }

  /** Puts an amount of a document in doubt. */
  async function dispute(seller: Code, buyer: Code, document_id: string, amount: string): Promise<void> {
    const of = { seller_id: world.organisation[seller], buyer_id: world.organisation[buyer] }
    const { id: placement_id } = await placement(seller, buyer)
    await db
      .insertInto('dispute')
      .values({
        ...of,
        id: newId(),
        document_id,
        charge_id: newId(),
        line_no: 1,
        placement_id,
        service_month: '2026-02',
        reason: 'wrong_price',
        amount,
        in_doubt: amount,
        rated: amount,
        status: 'raised',
        raised_at: world.clock.now().toISOString(),
        raised_on: world.clock.today(),
      })
      .execute()
  }

  async function placement(seller: Code, buyer: Code): Promise<{ id: string }> {
    const [seller_id, buyer_id] = [world.organisation[seller], world.organisation[buyer]]
    const at = world.clock.now().toISOString()
    const [kind] = await db.selectFrom('service_kind').select('code').limit(1).execute()
    const offer_id = newId()
    await db
      .insertInto('offer')
      .values({
        seller_id,
        id: offer_id,
        kind_code: kind!.code,
        title: 'x',
        unit: 'hour',
        created_at: at,
        changed_at: at,
      })
      .execute()
    const id = newId()
    await db
      .insertInto('placement')
      .values({ seller_id, id, offer_id, buyer_id, valid_from: '2026-01-01', created_at: at, changed_at: at })
      .execute()
    return { id }
  }

  async function open(document_id: string): Promise<string> {
    const row = await db
      .selectFrom('open_item')
      .select('open')
      .where('document_id', '=', document_id)
      .executeTakeFirst()
    return row!.open as string
  }

  return { document, pay, dispute, open }
}
