/** This module's SQL: what can be claimed, claims with their lines, and the proof that nothing is asked for twice. */
import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import {
  type Claim,
  type ClaimCheck,
  type ClaimHead,
  type ClaimLine,
  type ClaimStatus,
  type ProgrammeInput,
  personalSources,
  type Waiting,
} from './claim.ts'

/** Whoever makes a claim of a source waits here for whoever else does, so that nothing comes into two. */
export async function lockSource(tx: Tx, organisation_id: string, source: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('claim ' || ${organisation_id}::text || ' ' || ${source}::text, 0))`.execute(
    tx,
  )
}

/**
 * Months of placements whose share of a source is not what its claims come to: the whole share where there is none yet, else
 * what changed since. Shares are those of the closes, changes of earlier months included (`settled_month`); what residents and their
 * families pay is nobody's to claim.
 */
function unclaimed(own: string): RawBuilder<unknown> {
  return sql`
    select m.seller_id, m.buyer_id, m.placement_id, m.service_month, s.source, s.share, m.gross - coalesce(c.gross, 0) as gross,
      s.share - coalesce(c.amount, 0) as amount, c.lines is not null as difference
    from settled_month m
    cross join lateral (
      select e ->> 'source' as source, sum((e ->> 'amount')::numeric)::numeric(14, 2) as share from json_array_elements(m.shares) e
      where lower(e ->> 'source') <> all (${[...personalSources]}::text[])
        and (e ->> 'collected_by' = 'seller' and m.seller_id = ${own} or e ->> 'collected_by' = 'buyer' and m.buyer_id = ${own})
      group by e ->> 'source') s
    left join lateral (
      select sum(l.amount) as amount, sum(l.gross) as gross, count(*) as lines from funder_claim_line l
      join funder_claim f on f.organisation_id = l.organisation_id and f.id = l.claim_id
      where l.seller_id = m.seller_id and l.placement_id = m.placement_id and l.service_month = m.service_month
        and l.organisation_id = ${own} and f.source = s.source and f.status <> 'withdrawn' having count(*) > 0) c on true
    where (m.seller_id = ${own} or m.buyer_id = ${own}) and json_array_length(m.shares) > 0 and s.share <> coalesce(c.amount, 0)`
}

/** What can be claimed now, by source. */
export async function listWaiting(tx: Tx, own: string): Promise<Waiting[]> {
  const { rows } = await sql<Waiting>`
    select source, count(*)::int as lines, min(service_month) as from_month, max(service_month) as until_month,
      sum(amount)::numeric(14, 2) as amount, (count(*) filter (where difference))::int as differences
    from (${unclaimed(own)}) u group by source order by source`.execute(tx)
  return rows
}

/** Writes the lines of a claim in one statement. @returns how many there are */
export async function insertLines(
  tx: Tx,
  {
    organisation_id,
    id,
    source,
    until_month,
  }: { organisation_id: string; id: string; source: string; until_month: string },
): Promise<number> {
  const written = await sql`
    insert into funder_claim_line (organisation_id, claim_id, line_no, seller_id, buyer_id, placement_id, service_month, token, service, unit,
      quantity, gross, amount, share, difference)
    select ${organisation_id}::uuid, ${id}::uuid, row_number() over (order by u.service_month, p.resident_token, o.title, u.placement_id),
      u.seller_id, u.buyer_id, u.placement_id, u.service_month, p.resident_token, o.title, o.unit,
      case when u.difference then null else q.quantity end, u.gross, u.amount, u.share, u.difference
    from (${unclaimed(organisation_id)}) u
    join placement p on p.seller_id = u.seller_id and p.id = u.placement_id
    join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    -- a month that was changed before it was ever claimed has no quantity of its own: its lines are differences
    cross join lateral (
      select case when bool_or(c.kind = 'adjustment') then null else sum(c.quantity) end as quantity from charge c
      where c.seller_id = u.seller_id and c.placement_id = u.placement_id and c.service_month = u.service_month) q
    where u.source = ${source} and u.service_month <= ${until_month}`.execute(tx)
  return Number(written.numAffectedRows ?? 0n)
}

export async function insertClaim(
  tx: Tx,
  row: {
    organisation_id: string
    id: string
    source: string
    until_month: string
    drafted_at: string
    drafted_by: string | null
  },
): Promise<void> {
  const { organisation_id, id, source, until_month, drafted_at, drafted_by } = row
  await sql`
    insert into funder_claim (organisation_id, id, source, number, until_month, drafted_at, drafted_by)
    select ${organisation_id}::uuid, ${id}::uuid, ${source}, coalesce(max(number), 0) + 1, ${until_month}, ${drafted_at}::timestamptz,
      ${drafted_by}::uuid
    from funder_claim where organisation_id = ${organisation_id} and source = ${source}`.execute(tx)
}

async function readHeads(tx: Tx, which: RawBuilder<unknown>): Promise<ClaimHead[]> {
  const { rows } = await sql<ClaimHead>`
    select f.id, f.organisation_id, o.name as organisation_name, f.source, f.number, f.status, coalesce(l.from_month, f.until_month) as from_month,
      coalesce(l.last_month, f.until_month) as until_month, f.drafted_at, f.claimed_on, f.answered_on, f.paid_on, f.payment_note, l.lines, l.gross, l.amount, l.cut,
      (l.amount - l.cut)::numeric(14, 2) as granted
    from funder_claim f join organisation o on o.id = f.organisation_id
    cross join lateral (
      select min(x.service_month) as from_month, max(x.service_month) as last_month, count(*)::int as lines, coalesce(sum(x.gross), 0)::numeric(14, 2) as gross,
        coalesce(sum(x.amount), 0)::numeric(14, 2) as amount, coalesce(sum(x.cut), 0)::numeric(14, 2) as cut
      from funder_claim_line x where x.organisation_id = f.organisation_id and x.claim_id = f.id) l
    where ${which}`.execute(tx)
  return rows
}

/** The newest first, after the cursor (`id`). */
export function listClaims(
  tx: Tx,
  asked: { status?: ClaimStatus | undefined; source?: string | undefined; limit: number; after: string[] | null },
): Promise<ClaimHead[]> {
  const { status, source, limit, after } = asked
  return readHeads(
    tx,
    sql`${status === undefined ? sql`true` : sql`f.status = ${status}`}
      and ${source === undefined ? sql`true` : sql`f.source = ${source}`}
      and ${after === null ? sql`true` : sql`f.id < ${after[0]}::uuid`} order by f.id desc limit ${limit + 1}`,
  )
}

/** Of which funders an organisation has claims, for a filter. */
export async function listSources(tx: Tx, organisation_id: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('funder_claim')
    .select('source')
    .distinct()
    .where('organisation_id', '=', organisation_id)
    .orderBy('source')
    .execute()
  return rows.map(({ source }) => source)
}

/** A claim with its lines. @throws Refusal `not_found` */
export async function getClaim(tx: Tx, id: string): Promise<Claim> {
  if (!isId(id)) refuse('not_found')
  const [head] = await readHeads(tx, sql`f.id = ${id}`)
  if (head === undefined) refuse('not_found')
  const { rows: items } = await sql<ClaimLine>`
    select l.line_no, l.token, l.service, l.seller_id, s.name as seller_name, l.buyer_id, b.name as buyer_name, l.placement_id,
      l.service_month, l.unit, l.quantity::text as quantity, l.gross, l.amount, l.difference, l.cut, l.cut_reason
    from funder_claim_line l join organisation s on s.id = l.seller_id join organisation b on b.id = l.buyer_id
    where l.organisation_id = ${head.organisation_id} and l.claim_id = ${id} order by l.line_no`.execute(tx)
  const programme = await tx
    .selectFrom('funder_programme')
    .select('name')
    .where('organisation_id', '=', head.organisation_id)
    .where('source', '=', head.source)
    .executeTakeFirst()
  return { ...head, programme: programme?.name ?? null, items }
}

/** The claim, locked until the transaction ends. @throws Refusal `not_found`, also for another's */
export async function lockClaim(tx: Tx, organisation_id: string, id: string): Promise<Claim> {
  if (!isId(id)) refuse('not_found')
  const row = await tx
    .selectFrom('funder_claim')
    .select('id')
    .where('organisation_id', '=', organisation_id)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) refuse('not_found')
  return getClaim(tx, id)
}

export async function updateClaim(
  tx: Tx,
  { organisation_id, id }: Pick<Claim, 'organisation_id' | 'id'>,
  change: {
    status: ClaimStatus
    claimed_on?: string
    answered_on?: string
    paid_on?: string
    payment_note?: string | null
  },
): Promise<void> {
  await tx
    .updateTable('funder_claim')
    .set(change)
    .where('organisation_id', '=', organisation_id)
    .where('id', '=', id)
    .execute()
}

export async function saveCuts(
  tx: Tx,
  { organisation_id, id }: Pick<Claim, 'organisation_id' | 'id'>,
  cuts: readonly { line_no: number; amount: string; reason: string }[],
): Promise<void> {
  await sql`
    update funder_claim_line l set cut = rows.amount, cut_reason = rows.reason
    from ${rowsOf(cuts, 'line_no int, amount numeric, reason text')}
    where l.organisation_id = ${organisation_id} and l.claim_id = ${id} and l.line_no = rows.line_no`.execute(tx)
}

// Programmes

export type ProgrammeRow = ProgrammeInput & { claimed: string }

/** What was agreed with funders, with what was claimed of it so far, less what was cut. */
export async function listProgrammes(tx: Tx, organisation_id: string): Promise<ProgrammeRow[]> {
  const { rows } = await sql<ProgrammeRow>`
    select p.source, p.name, p.number, p.total, trim_scale(p.rate)::text as rate, p.agreed, p.valid_from, p.valid_to,
      coalesce((select sum(l.amount - l.cut) from funder_claim f
        join funder_claim_line l on l.organisation_id = f.organisation_id and l.claim_id = f.id
        where f.organisation_id = p.organisation_id and f.source = p.source and f.status in ('claimed', 'approved', 'cut', 'paid')),
        0)::numeric(14, 2) as claimed
    from funder_programme p where p.organisation_id = ${organisation_id} order by p.source`.execute(tx)
  return rows
}

export async function saveProgramme(
  tx: Tx,
  row: ProgrammeInput & { organisation_id: string; changed_at: string; changed_by: string | null },
): Promise<void> {
  const { organisation_id: _, source: _source, ...change } = row
  await tx
    .insertInto('funder_programme')
    .values(row)
    .onConflict((conflict) => conflict.columns(['organisation_id', 'source']).doUpdateSet(change))
    .execute()
}

// The proof

const listed = 100

/** Looks at all months of placements of which others bear a part, in two statements. */
export async function readClaimCheck(tx: Tx, own: string): Promise<ClaimCheck> {
  type Found = ClaimCheck['findings'][number]
  const { rows: twice } = await sql<Found>`
    select 'claimed_twice' as kind, placement_id, service_month, latest::text as expected, claimed::text as found
    from (
      select l.placement_id, l.service_month, f.source, sum(l.amount)::numeric(14, 2) as claimed,
        (array_agg(l.share order by f.number desc))[1] as latest
      from funder_claim_line l join funder_claim f on f.organisation_id = l.organisation_id and f.id = l.claim_id
      where l.organisation_id = ${own} and f.status <> 'withdrawn' group by l.placement_id, l.service_month, f.source
    ) sums where claimed <> latest order by placement_id, service_month limit ${listed}`.execute(tx)
  // What a month was charged: its gross less what its seller collects elsewhere, whatever later facts changed (R12, R16).
  const { rows: asked } = await sql<Found>`
    select 'asked_of_buyer' as kind, m.placement_id, m.service_month, (m.gross - s.collected)::numeric(14, 2)::text as expected,
      m.buyer_amount::text as found
    from settled_month m
    cross join lateral (select coalesce(sum((e ->> 'amount')::numeric), 0) as collected from json_array_elements(m.shares) e
                        where e ->> 'collected_by' = 'seller') s
    where ${own} in (m.seller_id, m.buyer_id) and m.buyer_amount <> m.gross - s.collected
    order by m.placement_id, m.service_month limit ${listed}`.execute(tx)
  const { rows: count } = await sql<{ looked_at: number }>`
    select count(*)::int as looked_at from settled_month m
    where (m.seller_id = ${own} or m.buyer_id = ${own}) and json_array_length(m.shares) > 0`.execute(tx)
  const findings = [...twice, ...asked]
  return { clean: findings.length === 0, looked_at: count[0]!.looked_at, findings }
}
