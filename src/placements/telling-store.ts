/** SQL of what runs out and nobody has been told of. Works as the program, set by set. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'

/** So many at a time; the rest goes on within the hour. */
const mostAtOnce = 1000
/** How many days before: of a short stay half of it, for somebody in a crisis room for a week need not be told on the first day. */
const daysBefore = 30

export interface ToTell {
  id: string
  seller_id: string
  buyer_id: string
  date: string
  key: string
}

/** Running stays that end within 30 days, or within half of a shorter one, unless somebody has ended them. */
export async function staysToTell(tx: Tx, today: string): Promise<ToTell[]> {
  const { rows } = await sql<ToTell>`
    select p.id, p.seller_id, p.buyer_id, p.valid_to as date, p.id || ' ' || p.valid_to as key
    from placement p
    where p.end_reason is null and p.valid_from <= ${today}::date
      and p.valid_to between ${today}::date and ${today}::date + least(${daysBefore}::int, (p.valid_to - p.valid_from) / 2)
      and not exists (select from notice n where n.subject_type = 'placement' and n.subject_id = p.id
        and n.kind = 'stay_ends_soon' and n.key = p.id || ' ' || p.valid_to)
    order by p.valid_to, p.id limit ${mostAtOnce}`.execute(tx)
  return rows
}

/** Papers that end within 30 days, before the stay that rests on them, and no later paper of that kind is there. */
export async function papersToTell(tx: Tx, today: string): Promise<ToTell[]> {
  const { rows } = await sql<ToTell>`
    select p.id, p.seller_id, p.buyer_id, a.valid_to as date, a.id::text as key
    from placement_paper a join placement p on p.seller_id = a.seller_id and p.id = a.placement_id
    where a.withdrawn_at is null and a.valid_to between ${today}::date and ${today}::date + ${daysBefore}::int
      and coalesce(p.valid_to, 'infinity') > a.valid_to
      and not exists (select from placement_paper b where b.seller_id = a.seller_id and b.placement_id = a.placement_id
        and b.kind = a.kind and b.withdrawn_at is null and coalesce(b.valid_to, 'infinity') > a.valid_to)
      and not exists (select from notice n where n.subject_type = 'placement' and n.subject_id = p.id
        and n.kind = 'paper_expires' and n.key = a.id::text)
    order by a.valid_to, a.id limit ${mostAtOnce}`.execute(tx)
  return rows
}
