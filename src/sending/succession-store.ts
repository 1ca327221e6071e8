/** SQL of a succession: by which channels documents go out, and who is told of them. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { Succession } from '../identity/succession.ts'
import { continueSetting, predecessors } from '../identity/succession-store.ts'

/**
 * Each channel that the successor has not set is taken over, but not the names of who is no more: mails are from the successor,
 * and its own e-address stands in envelopes. Secrets stay sealed to the place where they were given, and are opened there.
 */
export async function continueChannels(tx: Tx, succession: Succession): Promise<void> {
  await continueSetting(tx, succession, {
    ...{ table: 'sending_channel', owner: 'seller_id', each: ['channel'] },
    changed: sql`jsonb_build_object('settings', x.settings
      || case x.channel when 'email' then '{"from_name": null}' when 'file_drop' then '{"sender_e_address": null}' else '{}' end::jsonb)`,
  })
}

/**
 * Endpoints hear of their organisation's documents and of those in the names of its predecessors (`announce_documents`). Where
 * the successor has none, the predecessors' become its own, with what was ever sent to them and what is on its way. Where it has,
 * the predecessors' go on hearing of the predecessors' documents alone. An address that would hear twice hears once.
 */
export async function continueEndpoints(tx: Tx, succession: Succession): Promise<void> {
  const { successor_id, at } = succession
  const gone = predecessors(succession)
  await sql`
    update webhook_endpoint e set removed_at = ${at}::timestamptz
    where e.organisation_id = any (${gone}) and e.removed_at is null and exists (
      select from webhook_endpoint x where x.url = e.url and x.removed_at is null and (x.organisation_id = ${successor_id}
        or x.organisation_id = any (${gone}) and (x.created_at, x.id) > (e.created_at, e.id)))`.execute(tx)
  const { rows } = await sql<{ id: string }>`
    select e.id from webhook_endpoint e where e.organisation_id = any (${gone}) and e.removed_at is null
      and not exists (select from webhook_endpoint own where own.organisation_id = ${successor_id} and own.removed_at is null)`.execute(
    tx,
  )
  const moved = sql`${rows.map(({ id }) => id)}::uuid[]`
  await sql`
    update outbox set organisation_id = ${successor_id}
    where organisation_id = any (${gone}) and kind = 'webhook' and endpoint_id = any (${moved})`.execute(tx)
  await sql`
    update webhook_endpoint set organisation_id = ${successor_id}
    where organisation_id = any (${gone}) and id = any (${moved})`.execute(tx)
}
