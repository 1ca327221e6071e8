/** Documents on their way out, as rows of the outbox: queued by what their buyers wish and their seller has switched on. */
import { sql } from 'kysely'
import { type Context, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { newId } from '../ids.ts'

/** Sends a statement with $1, $2, … in the transaction that is open. */
type Run = <T>(text: string, values: unknown[]) => Promise<T[]>

/**
 * One statement for any number of documents, without the condition on `document d`; `$1` is now, `$2` who did it. A buyer that
 * wishes a channel which its seller has not switched on, or by which it cannot be reached, finds the document here
 * (`download`), and `reason` says why it is not on its way. A document and channel is queued once, whoever asks again.
 */
const queueing = `
  insert into outbox (organisation_id, id, kind, key, payload, document_id, buyer_id, channel, recipient, state, queued_at,
    queued_by, next_attempt_at, reason)
  select d.seller_id, gen_random_uuid(), 'document', d.id || ' ' || way.channel, '{}'::jsonb, d.id, d.buyer_id, way.channel,
    case way.channel when 'email' then wish.email end, case way.channel when 'download' then 'download' else 'queued' end,
    $1::timestamptz, $2::uuid, case way.channel when 'download' then null else $1::timestamptz end, way.reason
  from document d
  join organisation b on b.id = d.buyer_id
  left join document_wish g on g.buyer_id = d.buyer_id and g.seller_id is null
  left join document_wish p on p.buyer_id = d.buyer_id and p.seller_id = d.seller_id
  cross join lateral (select coalesce(p.channel, g.channel, 'download') as channel, coalesce(p.email, g.email, b.email) as email) wish
  left join sending_channel s on s.seller_id = d.seller_id and s.channel = wish.channel and s.active
  cross join lateral (
    select case when wish.channel = 'download' then null when s.channel is null then 'channel_off'
                when wish.channel = 'email' and wish.email is null then 'no_address' end as reason) why
  cross join lateral (
    select why.reason, case when why.reason is null then wish.channel else 'download' end as channel) way
  where $condition
  on conflict on constraint outbox_queued_once do nothing`

/** Documents of a close: $3 the sellers, $4 the month. */
const ofClose = queueing.replace('$condition', 'd.seller_id = any ($3::uuid[]) and d.close_month = $4::text')

/** Both parties are told of every document, and of a credit note also that it credits. */
const announceClose = `
  select announce_documents('invoice.issued', array(select d.id from document d
           where d.seller_id = any ($2::uuid[]) and d.close_month = $3::text), null, $1::timestamptz),
         announce_documents('invoice.credited', array(select d.id from document d
           where d.seller_id = any ($2::uuid[]) and d.close_month = $3::text and d.type = 'credit_note'), null, $1::timestamptz)`

/** What a close issued goes on its way, in the close's own transaction: two statements, whatever the number of documents. */
export async function queueClosed(
  run: Run,
  close: { sellers: readonly string[]; month: string; at: string; by: string | null },
): Promise<void> {
  const { sellers, month, at, by } = close
  await run(ofClose, [at, by, sellers, month])
  await run(announceClose, [at, sellers, month])
}

/** The same for documents issued one by one (a credit note after a dispute), in the transaction that issued them. */
export async function queueDocuments(tx: Tx, ctx: Context, document_ids: readonly string[]): Promise<void> {
  if (document_ids.length === 0) return
  const at = sql`${ctx.clock.now().toISOString()}`
  const by = sql`${personOf(ctx.actor)}`
  const ids = sql`${[...document_ids]}::uuid[]`
  const parts = queueing.split(/(\$1|\$2|\$condition)/).map((part) => {
    if (part === '$1') return at
    if (part === '$2') return by
    return part === '$condition' ? sql`d.id = any (${ids})` : sql.raw(part)
  })
  await sql.join(parts, sql``).execute(tx)
  await sql`
    select announce_documents('invoice.issued', ${ids}, null, ${at}::timestamptz),
      announce_documents('invoice.credited', array(select d.id from document d
        where d.id = any (${ids}) and d.type = 'credit_note'), null, ${at}::timestamptz)`.execute(tx)
}

/** A document that a person sends once more. `time` tells it from the times before: 1 is the first. */
export async function queueAgain(
  tx: Tx,
  ctx: Context,
  sending: {
    seller_id: string
    buyer_id: string
    document_id: string
    channel: string
    recipient: string | null
    time: number
  },
): Promise<string> {
  const { seller_id, buyer_id, document_id, channel, recipient, time } = sending
  const id = newId()
  const now = ctx.clock.now().toISOString()
  await tx
    .insertInto('outbox')
    .values({
      organisation_id: seller_id,
      id,
      kind: 'document',
      key: `${document_id} ${channel}${time === 1 ? '' : ` ${time}`}`,
      payload: {},
      document_id,
      buyer_id,
      channel,
      recipient,
      state: 'queued',
      queued_at: now,
      queued_by: personOf(ctx.actor),
      next_attempt_at: now,
    })
    .execute()
  return id
}

/**
 * How many documents of an organisation did not reach their buyers: refused, or given up, and not sent anew since.
 * @param month only those of this month's close
 */
export async function unreached(
  tx: Tx,
  organisation_id: string,
  month: string | null = null,
): Promise<{ refused: number; given_up: number }> {
  const { rows } = await sql<{ refused: number; given_up: number }>`
    select count(*) filter (where o.state = 'refused')::int as refused,
      count(*) filter (where o.state = 'given_up')::int as given_up
    from outbox o join document d on d.seller_id = o.organisation_id and d.id = o.document_id
    where o.organisation_id = ${organisation_id} and o.kind = 'document' and o.state in ('refused', 'given_up')
      and (${month}::text is null or d.close_month = ${month}::text)
      and not exists (select from outbox later where later.document_id = o.document_id and later.kind = 'document'
        and later.organisation_id = o.organisation_id and (later.queued_at, later.id) > (o.queued_at, o.id))`.execute(
    tx,
  )
  return rows[0]!
}

/**
 * What the other end says later of a document it took. It may say so before we have written down that it took it: then we
 * know it now, and the worker that holds the row writes nothing over it.
 * @returns false where it does not fit what is known: never tried, or refused before
 */
export async function reportSending(
  tx: Tx,
  id: string,
  report: { state: 'delivered' | 'refused'; answer: string | null; at: string },
): Promise<boolean> {
  const { state, answer, at } = report
  const delivered = state === 'delivered'
  const { numAffectedRows } = await sql`
    update outbox set state = ${state}, lease = null, next_attempt_at = null, sent_at = coalesce(sent_at, ${at}::timestamptz),
      reason = ${delivered ? null : 'refused'}, answer = coalesce(${answer}::text, answer),
      delivered_at = ${delivered ? sql`coalesce(delivered_at, ${at}::timestamptz)` : sql`delivered_at`}
    where id = ${id}::uuid and kind = 'document' and channel = 'access_point' and attempts > 0
      and state = any (${delivered ? ['queued', 'sent', 'delivered'] : ['queued', 'sent', 'delivered', 'refused']}::text[])`.execute(
    tx,
  )
  return (numAffectedRows ?? 0n) > 0n
}
