/** This module's SQL: what is on its way, how each seller sends, and who wants to be told. */
import { type Selectable, type SqlBool, sql } from 'kysely'
import type { Db, Tx } from '../db/connect.ts'
import { json } from '../db/json.ts'
import type { SendingChannel as ChannelTable, WebhookEndpoint as EndpointTable } from '../db/tables.ts'
import { isId } from '../ids.ts'
import type { WebhookEvent } from '../jobs/outbox.ts'
import { refuse } from '../refusal.ts'
import type { AnyChannel, SendingChannel } from './channel.ts'

export const states = ['queued', 'download', 'sent', 'delivered', 'refused', 'given_up'] as const
export type State = (typeof states)[number]

/** A document on one way to its buyer, and how far it has come. */
export interface SendingRow {
  id: string
  document_id: string
  number: string
  type: 'invoice' | 'credit_note'
  seller_id: string
  seller_name: string
  buyer_id: string
  buyer_name: string
  channel: AnyChannel
  recipient: string | null
  state: State
  attempts: number
  queued_at: string
  queued_by: string | null
  next_attempt_at: string | null
  sent_at: string | null
  delivered_at: string | null
  reason: string | null
  answer: string | null
  reference: string | null
}

export interface SendingFilter {
  /** the organisation whose documents, or whose received ones; null for all that the actor sees */
  of: { organisation_id: string; role: 'issued' | 'received' } | null
  state: State | null
  channel: AnyChannel | null
  counterparty_id: string | null
  document_id: string | null
}

function sendings(db: Db | Tx) {
  return db
    .selectFrom('outbox as o')
    .innerJoin('document as d', (join) =>
      join.onRef('d.seller_id', '=', 'o.organisation_id').onRef('d.id', '=', 'o.document_id'),
    )
    .innerJoin('organisation as seller', 'seller.id', 'd.seller_id')
    .innerJoin('organisation as buyer', 'buyer.id', 'd.buyer_id')
    .where('o.kind', '=', 'document')
}

function shown(query: ReturnType<typeof sendings>) {
  return query
    .select(['o.id', 'd.id as document_id', 'd.number', 'd.seller_id', 'd.buyer_id', 'o.recipient', 'o.attempts'])
    .select([
      'seller.name as seller_name',
      'buyer.name as buyer_name',
      'o.queued_at',
      'o.queued_by',
      'o.next_attempt_at',
    ])
    .select(['o.sent_at', 'o.delivered_at', 'o.reason', 'o.answer', 'o.reference', 'd.type', 'o.channel', 'o.state'])
}

function filtered(db: Db | Tx, { of, state, channel, counterparty_id, document_id }: SendingFilter) {
  let query = sendings(db)
  if (of !== null) {
    const [own, other] =
      of.role === 'issued' ? (['d.seller_id', 'd.buyer_id'] as const) : (['d.buyer_id', 'd.seller_id'] as const)
    query = query.where(own, '=', of.organisation_id)
    if (counterparty_id !== null) query = query.where(other, '=', counterparty_id)
  } else if (counterparty_id !== null) {
    query = query.where((e) => e.or([e('d.seller_id', '=', counterparty_id), e('d.buyer_id', '=', counterparty_id)]))
  }
  if (state !== null) query = query.where('o.state', '=', state)
  if (channel !== null) query = query.where('o.channel', '=', channel)
  if (document_id !== null) query = query.where('o.document_id', '=', document_id)
  return query
}

/** Newest first, from after the cursor (`queued_at`, `id`); one more than `limit` where there are more. */
export async function listSendings(
  db: Db | Tx,
  filter: SendingFilter,
  page: { limit: number; after: string[] | null },
): Promise<SendingRow[]> {
  let query = shown(filtered(db, filter))
    .orderBy('o.queued_at', 'desc')
    .orderBy('o.id', 'desc')
    .limit(page.limit + 1)
  if (page.after !== null) {
    const [queued_at, id] = page.after as [string, string]
    query = query.where(sql<SqlBool>`(o.queued_at, o.id) < (${queued_at}::timestamptz, ${id}::uuid)`)
  }
  return (await query.execute()) as SendingRow[]
}

/** How many stand how, for the tabs above the list. */
export async function countSendings(db: Db | Tx, filter: SendingFilter): Promise<Record<State, number>> {
  const rows = await filtered(db, { ...filter, state: null })
    .select(['o.state', sql<number>`count(*)::int`.as('count')])
    .groupBy('o.state')
    .execute()
  const counts = Object.fromEntries(states.map((state) => [state, 0])) as Record<State, number>
  for (const { state, count } of rows) counts[state as State] = count
  return counts
}

/** @throws Refusal `not_found`, also for a document of two others */
export async function getSending(db: Db | Tx, id: string): Promise<SendingRow> {
  const row = isId(id) ? await shown(sendings(db).where('o.id', '=', id)).executeTakeFirst() : undefined
  return (row as SendingRow | undefined) ?? refuse('not_found')
}

/** Every way of one document, the first one first. */
export async function sendingsOf(db: Db | Tx, document_id: string): Promise<SendingRow[]> {
  const rows = await shown(sendings(db).where('o.document_id', '=', document_id))
    .orderBy('o.queued_at')
    .orderBy('o.id')
    .execute()
  return rows as SendingRow[]
}

/** The other parties of what the actor sees here, by name. */
export async function counterpartiesOf(db: Db | Tx, of: SendingFilter['of']): Promise<{ id: string; name: string }[]> {
  const sides =
    of === null
      ? sql`select organisation_id from outbox where kind = 'document' union select buyer_id from outbox where kind = 'document'`
      : of.role === 'issued'
        ? sql`select buyer_id from outbox where kind = 'document' and organisation_id = ${of.organisation_id}`
        : sql`select organisation_id from outbox where kind = 'document' and buyer_id = ${of.organisation_id}`
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from organisation where id in (${sides}) order by name collate lv`.execute(db)
  return rows
}

/** The buyer has fetched a document: what waited for that has arrived. Asked by the buyer itself. */
export async function markFetched(tx: Tx, document_id: string, at: string): Promise<void> {
  await sql`select mark_fetched(${document_id}::uuid, ${at}::timestamptz)`.execute(tx)
}

export type ChannelRow = Omit<Selectable<ChannelTable>, 'settings'> & {
  channel: SendingChannel
  settings: Record<string, unknown>
}

/** How a seller sends, by channel; only what was ever set. */
export async function channelsOf(db: Db | Tx, seller_id: string): Promise<ChannelRow[]> {
  const rows = await db
    .selectFrom('sending_channel')
    .selectAll()
    .where('seller_id', '=', seller_id)
    .orderBy('channel')
    .execute()
  return rows as unknown as ChannelRow[]
}

export async function saveChannel(tx: Tx, row: ChannelRow): Promise<void> {
  const { seller_id, channel, settings, ...rest } = row
  const change = { ...rest, settings: json(settings) }
  await tx
    .insertInto('sending_channel')
    .values({ seller_id, channel, ...change })
    .onConflict((conflict) => conflict.columns(['seller_id', 'channel']).doUpdateSet(change))
    .execute()
}

export type EndpointRow = Omit<Selectable<EndpointTable>, 'events'> & { events: WebhookEvent[] }

/** An organisation's endpoints, the newest first. */
export async function listEndpoints(db: Db | Tx, organisation_id: string): Promise<EndpointRow[]> {
  const rows = await db
    .selectFrom('webhook_endpoint')
    .selectAll()
    .where('organisation_id', '=', organisation_id)
    .orderBy(sql`removed_at is not null`)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows as EndpointRow[]
}

/** @throws Refusal `not_found` */
export async function getEndpoint(db: Db | Tx, organisation_id: string, id: string): Promise<EndpointRow> {
  const row = isId(id)
    ? await db
        .selectFrom('webhook_endpoint')
        .selectAll()
        .where('organisation_id', '=', organisation_id)
        .where('id', '=', id)
        .executeTakeFirst()
    : undefined
  return (row as EndpointRow | undefined) ?? refuse('not_found')
}

export async function insertEndpoint(tx: Tx, row: EndpointRow): Promise<void> {
  await tx.insertInto('webhook_endpoint').values(row).execute()
}

export async function removeEndpointRow(tx: Tx, endpoint: EndpointRow, removed_at: string): Promise<void> {
  await tx
    .updateTable('webhook_endpoint')
    .set({ removed_at })
    .where('organisation_id', '=', endpoint.organisation_id)
    .where('id', '=', endpoint.id)
    .execute()
}

/** A word for an endpoint, as it was queued and what came of it. */
export interface DeliveryRow {
  id: string
  event: string
  document_id: string | null
  number: string | null
  state: State
  attempts: number
  queued_at: string
  next_attempt_at: string | null
  delivered_at: string | null
  reason: string | null
  answer: string | null
}

/** What was sent to an endpoint, newest first, from after the cursor (`queued_at`, `id`). */
export async function listDeliveries(
  db: Db | Tx,
  endpoint: { organisation_id: string; id: string },
  page: { limit: number; after: string[] | null },
): Promise<DeliveryRow[]> {
  let query = db
    .selectFrom('outbox')
    .select([
      'id',
      'document_id',
      'state',
      'attempts',
      'queued_at',
      'next_attempt_at',
      'delivered_at',
      'reason',
      'answer',
    ])
    .select(sql<string>`payload ->> 'type'`.as('event'))
    .select(sql<string | null>`payload -> 'data' ->> 'number'`.as('number'))
    .where('organisation_id', '=', endpoint.organisation_id)
    .where('kind', '=', 'webhook')
    .where('endpoint_id', '=', endpoint.id)
    .orderBy('queued_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
  if (page.after !== null) {
    const [queued_at, id] = page.after as [string, string]
    query = query.where(sql<SqlBool>`(queued_at, id) < (${queued_at}::timestamptz, ${id}::uuid)`)
  }
  return (await query.execute()) as DeliveryRow[]
}

/**
 * Queues again, as messages of their own, what did not reach an endpoint and was not queued again before.
 * @returns how many
 */
export async function requeueDeliveries(
  tx: Tx,
  endpoint: { organisation_id: string; id: string },
  { at, by }: { at: string; by: string | null },
): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into outbox (organisation_id, id, kind, key, payload, document_id, buyer_id, endpoint_id, recipient, state, queued_at,
      queued_by, next_attempt_at)
    select organisation_id, gen_random_uuid(), kind, 'again ' || id, payload, document_id, buyer_id, endpoint_id, recipient,
      'queued', ${at}::timestamptz, ${by}::uuid, ${at}::timestamptz
    from outbox
    where organisation_id = ${endpoint.organisation_id} and kind = 'webhook' and endpoint_id = ${endpoint.id}
      and state in ('given_up', 'refused')
    on conflict on constraint outbox_queued_once do nothing`.execute(tx)
  return Number(numAffectedRows ?? 0)
}
