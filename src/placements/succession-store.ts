/**
 * SQL of a succession: residents, open requests and stays go over to the successor. What has a history ends and goes on as a
 * new record that follows the old one; what is only asked for or planned keeps its id, its deadline and its place in line.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import { heirOf, type Succession } from '../identity/succession.ts'
import { continueSetting, heir, predecessors } from '../identity/succession-store.ts'
import { newId } from '../ids.ts'
import { newResidentToken } from './resident.ts'

// Residents

/**
 * The predecessors' residents are the successor's, under tokens of its own. Whoever is known to several by the personal code
 * is one resident there.
 */
export async function continueResidents(tx: Tx, succession: Succession, code: string): Promise<void> {
  const { successor_id, at } = succession
  type Known = Record<'organisation_id' | 'id', string> & Record<'personal_code' | 'known_id', string | null>
  const { rows } = await sql<Known>`
    select r.organisation_id, r.id, p.personal_code, k.resident_id as known_id
    from resident r
    left join resident_person p on p.organisation_id = r.organisation_id and p.resident_id = r.id
    left join resident_person k on k.organisation_id = ${successor_id} and k.personal_code = p.personal_code
    where r.organisation_id = any (${predecessors(succession)}) and r.continued_as_id is null
    order by r.created_at, r.id`.execute(tx)
  const byCode = new Map<string, string>()
  const pairs = rows.map(({ personal_code, known_id, ...old }) => {
    const new_id = known_id ?? (personal_code === null ? undefined : byCode.get(personal_code)) ?? newId()
    const made = known_id === null && (personal_code === null || !byCode.has(personal_code))
    if (personal_code !== null) byCode.set(personal_code, new_id)
    return { ...old, new_id, token: made ? newResidentToken(code) : null }
  })
  const all = rowsOf(pairs, 'organisation_id uuid, id uuid, new_id uuid, token text')
  await sql`
    insert into resident (organisation_id, id, token, created_at)
    select ${successor_id}::uuid, rows.new_id, rows.token, ${at}::timestamptz from ${all} where rows.token is not null`.execute(
    tx,
  )
  await sql`
    insert into resident_person
    select n.* from ${all} join resident_person p on p.organisation_id = rows.organisation_id and p.resident_id = rows.id,
      lateral jsonb_populate_record(p, jsonb_build_object('organisation_id', ${successor_id}::uuid, 'resident_id', rows.new_id)) n
    where rows.token is not null`.execute(tx)
  await sql`
    update resident r set continued_with_id = ${successor_id}, continued_as_id = rows.new_id
    from ${all} where r.organisation_id = rows.organisation_id and r.id = rows.id`.execute(tx)
}

/** Joins a record `x` of a buyer's resident with who that resident is now, and gives the columns to lay over the record. */
const asNow = {
  join: sql`left join resident was on was.organisation_id = x.buyer_id and was.id = x.resident_id
    left join resident now on now.organisation_id = was.continued_with_id and now.id = was.continued_as_id`,
  id: sql`coalesce(now.id, x.resident_id)`,
  token: sql`coalesce(now.token, x.resident_token)`,
}

// Requests, kept places, lines

/** Requests that nobody has answered for good, and every part of an open request to many. */
const openReferral = (
  succession: Succession,
) => sql`(x.seller_id = any (${predecessors(succession)}) or x.buyer_id = any (${predecessors(succession)}))
  and (x.status in ('draft', 'submitted', 'offered')
    or exists (select from place_request q where q.buyer_id = x.buyer_id and q.id = x.request_id and q.status = 'open'))`

/**
 * Open requests, other proposals, kept places and entries in lines go on, under the same ids: deadlines stay, and nobody loses
 * a place in line. Proposed moves of stays are withdrawn, because the stays they are about end; whoever wants one asks again.
 * @param words why a move is withdrawn, and why an entry ends whose resident is in the same line already
 */
export async function continueRequests(
  tx: Tx,
  succession: Succession,
  words: { move: string; twice: string },
): Promise<void> {
  const gone = predecessors(succession)
  const { successor_id, at } = succession
  await sql`
    insert into place_request
    select n.* from place_request x ${asNow.join}, lateral jsonb_populate_record(x, jsonb_build_object(
      'buyer_id', ${successor_id}::uuid, 'resident_id', ${asNow.id}, 'resident_token', ${asNow.token})) n
    where x.buyer_id = any (${gone}) and x.status = 'open'`.execute(tx)
  await sql`
    insert into bridge
    select n.* from bridge x ${asNow.join}, lateral jsonb_populate_record(x, jsonb_build_object(
      'buyer_id', ${successor_id}::uuid, 'resident_id', ${asNow.id})) n
    where x.buyer_id = any (${gone}) and (x.place_id is null or exists (select from referral f
      where f.buyer_id = x.buyer_id and f.bridge_id = x.id and f.status in ('draft', 'submitted', 'offered')))`.execute(
    tx,
  )
  await endTwiceInLine(tx, succession, words.twice)
  // A seller that goes on as another has its key changed; where only the buyer does, the row stays where it is.
  await sql`
    insert into referral
    select n.* from referral x join offer o on o.seller_id = x.seller_id and o.id = x.offer_id ${asNow.join},
      lateral jsonb_populate_record(x, jsonb_build_object('seller_id', ${successor_id}::uuid, 'offer_id', o.continued_as_id,
        'buyer_id', ${heir(succession, 'x.buyer_id')}, 'resident_id', ${asNow.id}, 'resident_token', ${asNow.token})) n
    where x.seller_id = any (${gone}) and ${openReferral(succession)}`.execute(tx)
  await sql`
    insert into queue_entry
    select n.* from queue_entry x join offer o on o.seller_id = x.seller_id and o.id = x.offer_id ${asNow.join},
      lateral jsonb_populate_record(x, jsonb_build_object('seller_id', ${successor_id}::uuid, 'offer_id', o.continued_as_id,
        'buyer_id', ${heir(succession, 'x.buyer_id')}, 'resident_id', ${asNow.id}, 'resident_token', ${asNow.token})) n
    where x.seller_id = any (${gone}) and x.status = 'waiting'`.execute(tx)
  for (const table of ['referral', 'queue_entry'] as const) {
    await sql`
      update ${sql.table(table)} y set buyer_id = ${successor_id}, resident_id = ${asNow.id}, resident_token = ${asNow.token}
      from ${sql.table(table)} x ${asNow.join}
      where y.seller_id = x.seller_id and y.id = x.id and x.seller_id <> all (${gone}) and x.buyer_id = any (${gone})
        and ${table === 'referral' ? openReferral(succession) : sql`x.status = 'waiting'`}`.execute(tx)
  }
  await continueAnswers(tx, succession)
  await sql`delete from place_request where buyer_id = any (${gone}) and status = 'open'`.execute(tx)
  const proposed = sql`m.status = 'proposed' and (m.seller_id = any (${gone}) or m.buyer_id = any (${gone})
    or m.to_seller_id = any (${gone}) or m.to_buyer_id = any (${gone}))`
  await sql`
    update commitment c set status = 'declined', answered_at = ${at}::timestamptz, note = ${words.move}
    from stay_move m where c.status = 'asked' and c.seller_id = m.seller_id and c.move_id = m.id and ${proposed}`.execute(
    tx,
  )
  await sql`
    update stay_move m set status = 'withdrawn', answered_at = ${at}::timestamptz, answer_note = ${words.move} where ${proposed}`.execute(
    tx,
  )
}

/** Somebody who waits in what is one line from now on under two names waits once: the earlier place counts. */
async function endTwiceInLine(tx: Tx, succession: Succession, note: string): Promise<void> {
  await sql`
    with line as (
      select x.seller_id, x.id, row_number() over (
        partition by coalesce(o.continued_as_id, o.id), ${heir(succession, 'x.buyer_id')}, ${asNow.id}
        order by x.applied_on, x.created_at, x.id) as place
      from queue_entry x join offer o on o.seller_id = x.seller_id and o.id = x.offer_id ${asNow.join}
      where x.status = 'waiting'
    ), twice as (
      update queue_entry e set status = 'removed', ended_at = ${succession.at}::timestamptz, end_note = ${note}
      from line where line.place > 1 and e.seller_id = line.seller_id and e.id = line.id
      returning e.seller_id, e.id
    )
    update reservation r set status = 'released', ended_at = ${succession.at}::timestamptz
    from twice where r.seller_id = twice.seller_id and r.queue_entry_id = twice.id and r.status = 'held'`.execute(tx)
}

/** What hangs on requests and entries: other proposals, kept places, a second person's yes; then the old rows go. */
async function continueAnswers(tx: Tx, succession: Succession): Promise<void> {
  const gone = predecessors(succession)
  const { successor_id } = succession
  const moved = sql`exists (select from referral f where f.seller_id = ${successor_id} and f.id = y.referral_id)`
  const waits = sql`exists (select from queue_entry e where e.seller_id = ${successor_id} and e.id = y.queue_entry_id)`
  const [seller, buyer] = [heir(succession, 'x.seller_id'), heir(succession, 'x.buyer_id')]
  await sql`
    update commitment y set seller_id = ${seller}, buyer_id = ${buyer}, offer_id = o.now_id,
      resident_token = coalesce((select now.token from resident was
        join resident now on now.organisation_id = was.continued_with_id and now.id = was.continued_as_id
        where was.organisation_id = x.buyer_id and was.token = x.resident_token), x.resident_token)
    from commitment x join lateral (select coalesce(o.continued_as_id, o.id) as now_id from offer o where o.seller_id = x.seller_id and o.id = x.offer_id) o on true
    where y.buyer_id = x.buyer_id and y.id = x.id and (x.seller_id = any (${gone}) or x.buyer_id = any (${gone}))
      and (exists (select from referral f where f.seller_id = ${seller} and f.id = x.referral_id and f.buyer_id = ${buyer})
        or exists (select from queue_entry e where e.seller_id = ${seller} and e.id = x.queue_entry_id and e.buyer_id = ${buyer}))`.execute(
    tx,
  )
  for (const [table, belongs] of [
    ['counter_offer', moved],
    ['reservation', sql`(${moved} or ${waits})`],
  ] as const) {
    await sql`
      insert into ${sql.table(table)}
      select n.* from ${sql.table(table)} y join offer o on o.seller_id = y.seller_id and o.id = y.offer_id,
        lateral jsonb_populate_record(y, jsonb_build_object('seller_id', ${successor_id}::uuid, 'offer_id', o.continued_as_id,
          'buyer_id', ${heir(succession, 'y.buyer_id')})) n
      where y.seller_id = any (${gone}) and o.continued_as_id is not null and ${belongs}`.execute(tx)
    await sql`delete from ${sql.table(table)} y where y.seller_id = any (${gone}) and ${belongs}`.execute(tx)
    await sql`
      update ${sql.table(table)} y set buyer_id = ${successor_id}
      where y.buyer_id = any (${gone}) and (
        exists (select from referral f where f.seller_id = y.seller_id and f.id = y.referral_id and f.buyer_id = ${successor_id})
        or ${
          table === 'reservation'
            ? sql`exists (select from queue_entry e where e.seller_id = y.seller_id and e.id = y.queue_entry_id and e.buyer_id = ${successor_id})`
            : sql`false`
        })`.execute(tx)
  }
  for (const table of ['referral', 'queue_entry'] as const) {
    await sql`
      delete from ${sql.table(table)} y where y.seller_id = any (${gone})
        and exists (select from ${sql.table(table)} f where f.seller_id = ${successor_id} and f.id = y.id)`.execute(tx)
  }
}

// Stays

/** A stay that goes over: `running` ones end and go on under a new id, those still to come keep theirs. */
export interface MovingStay {
  seller_id: string
  id: string
  to_seller_id: string
  new_id: string
  running: boolean
  /** charged a single time, at its start: the old stay ends and nothing goes on */
  once: boolean
  from_date: string
}

export const movingColumns =
  'seller_id uuid, id uuid, to_seller_id uuid, new_id uuid, running boolean, once boolean, from_date text'

/**
 * The last date of a stay `p` at an offer `o` that goes over on a day, as for every move (R1): where the departure day is not
 * charged it is the day itself, otherwise the day before.
 */
const lastDate = (day: string) =>
  `(case when o.unit in ('calendar_day', 'month') and not o.departure_day_charged then '${day}'::date else '${day}'::date - 1 end)`

/** Whether a stay `p` at an offer `o` reaches beyond the day, so that something of it goes over. */
export const reachesBeyond = (day: string) =>
  `(p.valid_from >= '${day}'::date or coalesce(p.valid_to, 'infinity') > ${lastDate(day)})`

/** The stays that go over, locked until the transaction ends. */
export async function movingStays(tx: Tx, succession: Succession): Promise<MovingStay[]> {
  const gone = predecessors(succession)
  const day = succession.succeeded_on
  const { rows } = await sql<{ seller_id: string; id: string; running: boolean; once: boolean; from_date: string }>`
    select p.seller_id, p.id, p.valid_from < ${day}::date as running, o.unit = 'once' as once,
      greatest(p.valid_from, ${day}::date)::text as from_date
    from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    where (p.seller_id = any (${gone}) or p.buyer_id = any (${gone})) and ${sql.raw(reachesBeyond(day))}
    order by p.id for update of p`.execute(tx)
  return rows.map((row) => ({
    ...row,
    to_seller_id: heirOf(succession, row.seller_id),
    new_id: row.running ? newId() : row.id,
  }))
}

/** The record laid over a stay `x`: its parties, place and resident as they are now. */
function placeNow(succession: Succession) {
  // Who buys from oneself pays the class of the own: what was agreed before goes on, whoever is one with whom now.
  const [seller, buyer] = [heir(succession, 'x.seller_id'), heir(succession, 'x.buyer_id')]
  return sql`jsonb_build_object('seller_id', ${seller}, 'offer_id', coalesce(o.continued_as_id, x.offer_id), 'buyer_id', ${buyer},
    'resident_id', ${asNow.id}, 'resident_token', ${asNow.token},
    'price_class', case when (x.seller_id = x.buyer_id) = (${seller} = ${buyer}) then x.price_class
      else coalesce(x.price_class, case when x.seller_id = x.buyer_id then 'own' else 'other' end) end)`
}

const stayNow = sql`join offer o on o.seller_id = x.seller_id and o.id = x.offer_id ${asNow.join}`

/**
 * Ends the running stays and begins those that go on from them, in a way that no day is paid twice or left out; rewrites those
 * still to come. Steps and papers go along, and a stay that was to follow one of them follows the one that goes on.
 */
export async function continueStays(tx: Tx, succession: Succession, moving: readonly MovingStay[]): Promise<void> {
  const { succeeded_on: day, at } = succession
  const all = rowsOf(moving, movingColumns)
  const { rows: followers } = await sql<{ seller_id: string; id: string; to_seller_id: string; new_id: string }>`
    update placement f set follows_seller_id = null, follows_id = null from ${all}
    where f.follows_seller_id = rows.seller_id and f.follows_id = rows.id and not rows.once
    returning f.seller_id, f.id, rows.to_seller_id, rows.new_id`.execute(tx)
  await beginContinued(tx, succession, all)
  await sql`
    update placement p set valid_to = ${sql.raw(lastDate(day))}, end_reason = 'merger', changed_at = ${at}::timestamptz,
      handed_over = ${sql.raw(lastDate(day))} = ${day}::date
    from ${all}, offer o where rows.running and p.seller_id = rows.seller_id and p.id = rows.id
      and o.seller_id = p.seller_id and o.id = p.offer_id`.execute(tx)
  await sql`
    insert into placement_step (seller_id, placement_id, id, buyer_id, kind, valid_from, valid_to, recorded_at)
    select p.seller_id, p.id, gen_random_uuid(), p.buyer_id, 'ended', p.valid_from, p.valid_to, ${at}::timestamptz
    from ${all} join placement p on p.seller_id = rows.seller_id and p.id = rows.id where rows.running`.execute(tx)
  await rewritePlanned(tx, succession, all)
  await hangOnto(tx, all)
  const relinked = followers.map((follower) => {
    const itself = moving.find((stay) => stay.id === follower.id && stay.seller_id === follower.seller_id)
    return itself === undefined ? follower : { ...follower, seller_id: itself.to_seller_id, id: itself.new_id }
  })
  await sql`
    update placement f set follows_seller_id = rows.to_seller_id, follows_id = rows.new_id
    from ${rowsOf(relinked, 'seller_id uuid, id uuid, to_seller_id uuid, new_id uuid')}
    where f.seller_id = rows.seller_id and f.id = rows.id`.execute(tx)
}

type Moving = ReturnType<typeof rowsOf>

/** What points at a stay points at the one that goes on: a second person's yes to it, and what waits for a place meanwhile. */
async function hangOnto(tx: Tx, all: Moving): Promise<void> {
  const now = sql`${all} join placement p on p.seller_id = rows.to_seller_id and p.id = rows.new_id`
  await sql`
    update commitment y set seller_id = p.seller_id, placement_id = p.id, buyer_id = p.buyer_id, offer_id = p.offer_id,
      resident_token = p.resident_token
    from ${now} where y.seller_id = rows.seller_id and y.placement_id = rows.id and not rows.once`.execute(tx)
  await sql`
    update bridge y set seller_id = p.seller_id, placement_id = p.id from ${now}
    where y.seller_id = rows.seller_id and y.placement_id = rows.id and not rows.once
      and (not rows.running or y.buyer_id = p.buyer_id and y.place_id is null)`.execute(tx)
  await sql`
    update bridge y set place_seller_id = p.seller_id, place_id = p.id from ${now}
    where y.place_seller_id = rows.seller_id and y.place_id = rows.id and not rows.running`.execute(tx)
}

/** The stays that go on, as agreed with the old ones, with their first step and the papers that count for them. */
async function beginContinued(tx: Tx, succession: Succession, all: Moving): Promise<void> {
  const { succeeded_on: day, at } = succession
  await sql`
    insert into placement
    select n.* from ${all} join placement x on x.seller_id = rows.seller_id and x.id = rows.id ${stayNow},
      lateral jsonb_populate_record(x, ${placeNow(succession)} || jsonb_build_object('id', rows.new_id, 'referral_id', null,
        'valid_from', ${day}::date, 'handed_over', false, 'follows_seller_id', x.seller_id, 'follows_id', x.id, 'continues', true,
        'created_at', ${at}::timestamptz, 'changed_at', ${at}::timestamptz)) n
    where rows.running and not rows.once`.execute(tx)
  await sql`
    insert into placement_step (seller_id, placement_id, id, buyer_id, kind, valid_from, valid_to, recorded_at, decision)
    select p.seller_id, p.id, gen_random_uuid(), p.buyer_id, 'started', p.valid_from, p.valid_to, ${at}::timestamptz, p.decision
    from ${all} join placement p on p.seller_id = rows.to_seller_id and p.id = rows.new_id
    where rows.running and not rows.once`.execute(tx)
  await copyOf(
    tx,
    'placement_paper',
    all,
    sql`rows.running and not rows.once and x.withdrawn_at is null`,
    sql`, 'id', gen_random_uuid()`,
  )
  await copyOf(tx, 'placement_weekdays', all, sql`rows.running and not rows.once`, sql`, 'id', gen_random_uuid()`)
}

/** Rows that belong to stays, as those of the stays that go on. @param more what else is laid over each row */
async function copyOf(
  tx: Tx,
  table: 'placement_paper' | 'placement_step' | 'placement_weekdays',
  all: Moving,
  which: RawBuilder<unknown>,
  more = sql``,
): Promise<void> {
  await sql`
    insert into ${sql.table(table)}
    select n.* from ${all} join ${sql.table(table)} x on x.seller_id = rows.seller_id and x.placement_id = rows.id
      join placement p on p.seller_id = rows.to_seller_id and p.id = rows.new_id,
      lateral jsonb_populate_record(x, jsonb_build_object('seller_id', p.seller_id, 'placement_id', p.id, 'buyer_id', p.buyer_id${more})) n
    where ${which}`.execute(tx)
}

/**
 * Stays still to come have nothing behind them, so they are rewritten: in place where the seller stays, else as a new row with
 * the same id. The old row goes with `dropRewritten`, once what hangs on it has gone over too.
 */
async function rewritePlanned(tx: Tx, succession: Succession, all: Moving): Promise<void> {
  const { at } = succession
  await sql`
    update placement p set buyer_id = n.buyer_id, resident_id = n.resident_id, resident_token = n.resident_token,
      price_class = n.price_class, changed_at = ${at}::timestamptz
    from ${all} join placement x on x.seller_id = rows.seller_id and x.id = rows.id ${stayNow},
      lateral jsonb_populate_record(x, ${placeNow(succession)}) n
    where not rows.running and rows.seller_id = rows.to_seller_id and p.seller_id = rows.seller_id and p.id = rows.id`.execute(
    tx,
  )
  await sql`
    insert into placement
    select n.* from ${all} join placement x on x.seller_id = rows.seller_id and x.id = rows.id ${stayNow},
      lateral jsonb_populate_record(x, ${placeNow(succession)} || jsonb_build_object('referral_id', null, 'follows_seller_id', null,
        'follows_id', null, 'changed_at', ${at}::timestamptz)) n
    where not rows.running and rows.seller_id <> rows.to_seller_id`.execute(tx)
  for (const table of ['placement_step', 'placement_paper', 'placement_weekdays'] as const) {
    await copyOf(tx, table, all, sql`not rows.running and rows.seller_id <> rows.to_seller_id`)
    await sql`
      update ${sql.table(table)} y set buyer_id = p.buyer_id from ${all} join placement p on p.seller_id = rows.seller_id and p.id = rows.id
      where not rows.running and rows.seller_id = rows.to_seller_id and y.seller_id = p.seller_id and y.placement_id = p.id`.execute(
      tx,
    )
  }
}

/** The old rows of stays that were rewritten under another seller, when nothing is left that hangs on them. */
export async function dropRewritten(tx: Tx, moving: readonly MovingStay[]): Promise<void> {
  const all = rowsOf(
    moving.filter((stay) => !stay.running && stay.seller_id !== stay.to_seller_id),
    movingColumns,
  )
  const itsOwn = sql`y.seller_id = rows.seller_id and y.placement_id = rows.id`
  await sql`update queue_entry y set placement_id = null from ${all} where ${itsOwn}`.execute(tx)
  await sql`delete from commitment c using ${all}, stay_move y where ${itsOwn} and c.seller_id = y.seller_id and c.move_id = y.id`.execute(
    tx,
  )
  for (const table of ['stay_move', 'placement_step', 'placement_paper', 'placement_weekdays'] as const) {
    await sql`delete from ${sql.table(table)} y using ${all} where ${itsOwn}`.execute(tx)
  }
  await sql`delete from placement y using ${all} where y.seller_id = rows.seller_id and y.id = rows.id`.execute(tx)
}

/** A limit that holds back what the predecessors' people commit holds for the successor's where it has none: the lowest. */
export async function continueLimits(tx: Tx, succession: Succession): Promise<void> {
  await sql`
    insert into spending_limit (buyer_id, per_month, in_all, changed_at)
    select ${succession.successor_id}::uuid, min(l.per_month), min(l.in_all), ${succession.at}::timestamptz
    from spending_limit l where l.buyer_id = any (${predecessors(succession)}) having count(*) > 0
    on conflict (buyer_id) do nothing`.execute(tx)
}

/**
 * A year's budget is the successor's own and the predecessors' together, whole: what they spent of theirs counts against it too
 * (`namesInYear`). Years that ended before the merger stay apart.
 */
export async function continueBudgets(tx: Tx, succession: Succession): Promise<void> {
  const { successor_id, succeeded_on, at } = succession
  const gone = predecessors(succession)
  await sql`
    insert into year_budget (buyer_id, year, ceiling, changed_at)
    select ${successor_id}::uuid, b.year, sum(b.ceiling), ${at}::timestamptz from year_budget b
    where b.year >= ${Number(succeeded_on.slice(0, 4))} and (b.buyer_id = ${successor_id} or b.buyer_id = any (${gone}))
    group by b.year having count(b.ceiling) filter (where b.buyer_id = any (${gone})) > 0
    on conflict (buyer_id, year) do update set ceiling = excluded.ceiling, changed_at = excluded.changed_at, changed_by = null`.execute(
    tx,
  )
}

/** What an offer says of how long stays last and which papers they need holds for the offer that goes on; missing papers hold a stay up as before. */
export async function continueStayRules(tx: Tx, succession: Succession): Promise<void> {
  await sql`
    insert into stay_rule
    select n.* from stay_rule x join offer o on o.seller_id = x.seller_id and o.id = x.offer_id,
      lateral jsonb_populate_record(x, jsonb_build_object('seller_id', ${succession.successor_id}::uuid, 'offer_id', o.continued_as_id)) n
    where x.seller_id = any (${predecessors(succession)}) and o.continued_as_id is not null`.execute(tx)
  await continueSetting(tx, succession, { table: 'paper_setting', owner: 'seller_id' })
}
