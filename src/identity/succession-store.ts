/** SQL of a succession: what ends of the predecessors, and what of them is the successor's. It works as the program. */
import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { Succession } from './succession.ts'

/** The predecessors as an array, for `any (…)`. */
export function predecessors({ predecessor_ids }: Succession): RawBuilder<string[]> {
  return sql`${[...predecessor_ids]}::uuid[]`
}

/** Who holds it now: the successor where the column names a predecessor. @param column written in code, never from input */
export function heir(succession: Succession, column: string): RawBuilder<string> {
  const held = sql.raw(column)
  return sql`(case when ${held} = any (${predecessors(succession)}) then ${succession.successor_id}::uuid else ${held} end)`
}

/**
 * What predecessors have set holds for the successor where it has set nothing itself; of several predecessors what was set last.
 * The predecessors keep theirs, for what goes on in their names.
 * @param owner the column that says whose it is
 * @param each columns by which there may be several: each is taken over by itself
 * @param changed what is laid over the row `x` that is taken over: a jsonb object
 */
export async function continueSetting(
  tx: Tx,
  succession: Succession,
  of: { table: string; owner: string; each?: readonly string[]; changed?: RawBuilder<unknown> },
): Promise<void> {
  const { table, owner, each = [], changed = sql`'{}'::jsonb` } = of
  const { successor_id } = succession
  const [named, whose] = [sql.table(table), sql.ref(owner)]
  const alike = each.map((column) => sql`y.${sql.ref(column)} = x.${sql.ref(column)}`)
  await sql`
    insert into ${named}
    select n.* from ${named} x,
      lateral jsonb_populate_record(x, jsonb_build_object(${owner}::text, ${successor_id}::uuid) || ${changed}) n
    where x.${whose} = any (${predecessors(succession)}) and not exists (
      select from ${named} y where ${sql.join([sql`true`, ...alike], sql` and `)} and (y.${whose} = ${successor_id}
        or y.${whose} = any (${predecessors(succession)}) and (y.changed_at, y.${whose}) > (x.changed_at, x.${whose})))`.execute(
    tx,
  )
}

/** The predecessors end on the day before; their providers are the successor's, and everybody may know who stands in whose place. */
export async function endPredecessors(tx: Tx, succession: Succession): Promise<void> {
  const { merger_id, successor_id, succeeded_on } = succession
  await sql`
    update organisation set valid_to = ${succeeded_on}::date - 1, successor_id = ${successor_id}
    where id = any (${predecessors(succession)})`.execute(tx)
  await sql`
    update provider set municipality_id = ${successor_id}
    where municipality_id = any (${predecessors(succession)}) and coalesce(valid_to, 'infinity') >= ${succeeded_on}::date`.execute(
    tx,
  )
  await sql`
    insert into succession (predecessor_id, successor_id, merger_id, succeeded_on)
    select p, ${successor_id}::uuid, ${merger_id}, ${succeeded_on}::date from unnest(${predecessors(succession)}) p`.execute(
    tx,
  )
}

/** For whom an organisation stands: itself, and those that merged into it. */
export async function standsFor(tx: Tx, organisation_id: string): Promise<string[]> {
  const { rows } = await sql<{ ids: string[] }>`
    select ${organisation_id}::uuid || predecessors_of(${organisation_id}::uuid) as ids`.execute(tx)
  return rows[0]!.ids
}

/** Names of two parties' sides, by id: each side itself first, then those that merged into it. */
export type Sides = { ours: Map<string, string>; theirs: Map<string, string> }

/**
 * What two are to each other under all their names: their own, and those of whoever merged into either. Where one of them merged
 * into the other, what is between those two alone.
 */
export async function sidesOf(tx: Tx, own: string, other: string): Promise<Sides> {
  const { rows } = await sql<{ side: 'ours' | 'theirs'; id: string; name: string }>`
    select side, o.id, o.name from (
      select 'ours' as side, unnest(case when ${other}::uuid = any (predecessors_of(${own}::uuid)) then '{}'
        else predecessors_of(${own}::uuid) end || ${own}::uuid) as id
      union all
      select 'theirs', unnest(case when ${own}::uuid = any (predecessors_of(${other}::uuid)) then '{}'
        else predecessors_of(${other}::uuid) end || ${other}::uuid)
    ) named join organisation o on o.id = named.id
    order by o.id <> all (array[${own}, ${other}]::uuid[]), o.name collate lv`.execute(tx)
  const of = (side: string) => new Map(rows.filter((row) => row.side === side).map((row) => [row.id, row.name]))
  return { ours: of('ours'), theirs: of('theirs') }
}

/** Who stands in the place of each organisation that has merged into another, by its id. Few, so all of them. */
export async function heirs(tx: Tx): Promise<Map<string, { id: string; name: string }>> {
  const { rows } = await sql<{ predecessor_id: string; id: string; name: string }>`
    select s.predecessor_id, o.id, o.name from succession s join organisation o on o.id = heir_of(s.predecessor_id)`.execute(
    tx,
  )
  return new Map(rows.map(({ predecessor_id, ...heir }) => [predecessor_id, heir]))
}
