/** Rēzekne and Ludza merge into a new municipality in the middle of a year: the same story with the merger and without. */
import type { Month } from '../../src/calendar.ts'
import type { Context, Member } from '../../src/context.ts'
import { json } from '../../src/db/json.ts'
import { permissionsOf, type Role, roles } from '../../src/identity/permissions.ts'
import { newApiToken } from '../../src/identity/sessions.ts'
import { newId } from '../../src/ids.ts'
import { recordMerger } from '../../src/mergers/commands.ts'
import type { MergerInput } from '../../src/mergers/merger.ts'
import { registerResident } from '../../src/placements/commands.ts'
import type { PlacementRow } from '../../src/placements/store.ts'
import { QueueEntryInput } from '../../src/requests/queue.ts'
import { joinQueue } from '../../src/requests/queue-commands.ts'
import { closeMonthOf } from '../../src/settlement/commands.ts'
import { market } from '../placements/market.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld, testSecret, type World } from '../support/world.ts'

export type Story = Awaited<ReturnType<typeof beginStory>>

/** The clock stands at 10 May 2026; May's stays are there, nothing is closed. */
export async function beginStory() {
  const world = await createWorld(await freshDatabase(), '2026-05-10')
  const { db } = world.database
  const { REZ, LUD, DGV, LPR } = world.organisation
  const [AUS, PRE] = [newId(), newId()]
  for (const [id, code, name] of [
    [AUS, 'AUS', 'Austrumu novada pašvaldība'],
    [PRE, 'PRE', 'Preiļu novada pašvaldība'],
  ] as const) {
    await db
      .insertInto('organisation')
      .values({
        ...{ id, kind: 'municipality', code, name, region_id: LPR, valid_from: '2021-07-01', invoice_prefix: code },
        payment_days: 30,
      })
      .execute()
  }
  await db
    .updateTable('organisation')
    .set({ iban: 'LV80BANK0000435195001', bank_name: 'Banka' })
    .where('id', '=', AUS)
    .execute()
  const m = market(world)
  const stays: Record<string, PlacementRow> = {}
  const day = await m.offer(
    { absence: json({ hospital: [{ from_day: 11, percent: '50' }] }), title: 'Diennakts aprūpe' },
    { places: 20 },
  )
  const hours = await m.offer({ unit: 'hour', title: 'Aprūpe mājās' })
  const month = await m.offer({ unit: 'month', title: 'Grupu dzīvoklis' })
  const charged = await m.offer({ departure_day_charged: true, title: 'Krīzes istaba' })
  const home = await m.offer({ seller_id: REZ, title: 'Rēzeknes nams' }, { places: null })
  await m.capacity(home, 4, '2025-01-01', null, REZ)
  stays.day = await m.placed({ offer: day, buyer: 'REZ', wanted_from: '2026-05-05' })
  stays.absent = await m.placed({ offer: day, buyer: 'LUD', wanted_from: '2026-05-01', wanted_to: '2026-09-15' })
  stays.hours = await m.placed({
    offer: hours,
    buyer: 'REZ',
    wanted_from: '2026-05-01',
    authorised: { per_month: null, per_year: '9', total: null },
  })
  stays.month = await m.placed({ offer: month, buyer: 'LUD', wanted_from: '2026-05-01' })
  stays.charged = await m.placed({ offer: charged, buyer: 'REZ', wanted_from: '2026-05-11', wanted_to: '2026-07-04' })
  stays.until = await m.placed({ offer: day, buyer: 'REZ', wanted_from: '2026-05-11', wanted_to: '2026-07-01' })
  stays.sold = await m.placed({ offer: home, buyer: 'DGV', wanted_from: '2026-05-05' }, 'REZ')
  stays.both = await m.placed({ offer: home, buyer: 'LUD', wanted_from: '2026-05-05' }, 'REZ')
  stays.planned = await m.placed(
    { offer: home, buyer: 'DGV', wanted_from: '2026-08-03', wanted_to: '2026-08-20' },
    'REZ',
  )
  stays.planned_there = await m.placed({ offer: day, buyer: 'LUD', wanted_from: '2026-07-20' })
  const visits = await m.offer({ seller_id: REZ, unit: 'hour', title: 'Rēzeknes aprūpe mājās' })
  stays.limited = await m.placed(
    {
      offer: visits,
      buyer: 'DGV',
      wanted_from: '2026-05-11',
      authorised: { per_month: null, per_year: null, total: '7' },
    },
    'REZ',
  )
  await m.absence(stays.absent, '2026-06-25', '2026-07-10')
  await db
    .insertInto('placement_weekdays')
    .values({
      ...{ seller_id: DGV, id: newId(), placement_id: stays.day.id, buyer_id: REZ, valid_from: null, valid_to: null },
      ...{ weekdays: [1, 3], recorded_at: '2026-05-10' },
    })
    .execute()
  const waiting = await beginWaiting(world, m, stays)
  return { world, m, stays, waiting, offers: { day, hours, month, charged, home }, AUS, PRE, DGV, REZ, LUD }
}

/** What is asked and waited for: requests both ways, a line for Rēzekne's only place, agreements, two standing accounts. */
async function beginWaiting(world: World, m: ReturnType<typeof market>, stays: Record<string, PlacementRow>) {
  const { REZ, LUD, DGV } = world.organisation
  const { db } = world.database
  const line = await m.offer({ seller_id: REZ, title: 'Vienīgā vieta' })
  await m.capacity(line, 1, '2025-01-01', null, REZ)
  stays.taken = await m.placed({ offer: line, buyer: 'DGV', wanted_from: '2026-05-10' }, 'REZ')
  const hers = { given_name: 'Anna', family_name: 'Kalniņa', personal_code: '161175-19997' }
  const twice = [
    await registerResident(world.as('REZ', 'buyer'), hers),
    await registerResident(world.as('LUD', 'buyer'), hers),
  ]
  const wait = (code: 'DGV' | 'REZ' | 'LUD', resident_id: string, applied_on: string) =>
    joinQueue(
      world.as(code, 'buyer'),
      QueueEntryInput.parse({ priority: 'other', offer_id: line, resident_id, applied_on, wanted_from: '2026-05-10' }),
    )
  const entries = [
    await wait('LUD', twice[1]!.id, '2026-04-01'),
    await wait('DGV', (await m.resident('DGV')).id, '2026-04-02'),
    await wait('REZ', twice[0]!.id, '2026-04-03'),
    await wait('LUD', (await m.resident('LUD')).id, '2026-04-04'),
  ]
  const home = stays.sold!.offer_id
  const submitted = await m.submitted({ offer: home, buyer: 'DGV', wanted_from: '2026-08-01' })
  const drafted = await m.draft({ offer: stays.day!.offer_id, buyer: 'LUD', wanted_from: '2026-08-01' })
  const signed = { seller_signer: 'A', buyer_signer: 'B', valid_from: '2026-01-01', pay_days: 20 }
  const agreed = {
    status: 'signed' as const,
    confirmation: 'silence_confirms' as const,
    answer_days: 10,
    created_at: '2026-01-01',
    changed_at: '2026-01-01',
  }
  const agreements = [newId(), newId()] as const
  for (const [id, buyer_id, on] of [
    [agreements[0], REZ, '2026-01-05'],
    [agreements[1], LUD, '2026-01-08'],
  ] as const) {
    await db
      .insertInto('agreement')
      .values({
        ...{ id, seller_id: DGV, buyer_id, drafted_by_id: DGV, number: `L-${on}`, proposed_at: '2026-01-02' },
        ...{ ...signed, ...agreed, seller_signed_on: on, buyer_signed_on: on },
      })
      .execute()
  }
  return { line, entries, submitted, drafted, agreements, twice }
}

/** People of any organisation, in the roles given or all that it has. */
export function member(
  world: World,
  organisation_id: string,
  held: Role[] = [...roles],
  predecessors: string[] = [],
): Context {
  const actor: Member = {
    ...{
      kind: 'member',
      person_id: null,
      token_id: null,
      name: 'test',
      organisation_id,
      organisation_kind: 'municipality',
    },
    roles: held.filter((role) => permissionsOf([role], 'municipality').size > 0),
    ...{ sees: [organisation_id, ...predecessors], predecessors },
  }
  return { db: world.database.db, clock: world.clock, actor }
}

/** A request as a machine of an organisation. */
export async function askAs(
  { world }: Story,
  organisation_id: string,
  role: Role,
  method: string,
  path: string,
  body?: unknown,
) {
  const { token, token_hash } = newApiToken(testSecret)
  const created_at = world.clock.now().toISOString()
  await world.database.db
    .insertInto('api_token')
    .values({ id: newId(), organisation_id, role, name: 'test', token_hash, created_at })
    .execute()
  const response = await world.app.request(`/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'accept-language': 'en', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: whatever a route answers
  return { status: response.status, body: (await response.json()) as any }
}

export function mergerInput(story: Story, more: Partial<MergerInput> = {}): MergerInput {
  return {
    ...{ predecessor_ids: [story.REZ, story.LUD], successor_id: story.AUS, merged_on: '2026-07-01' },
    ...{ act_number: '123', act_on: '2026-02-01', note: '' },
    ...more,
  }
}

/** Records it in June; the job carries it out on 1 July. */
export async function merge(story: Story): Promise<string> {
  story.world.clock.set('2026-06-15')
  return (await recordMerger(story.world.as('LPR', 'coordinator'), mergerInput(story))).id
}

/** Services of a stay, for whoever it is with now. */
export async function deliver({ world }: Story, stay: PlacementRow, days: readonly string[]): Promise<void> {
  const rows = await world.database.db
    .selectFrom('placement')
    .selectAll()
    .where((e) => e.or([e('id', '=', stay.id), e('follows_id', '=', stay.id)]))
    .execute()
  for (const delivered_on of days) {
    const row = rows.find(
      (one) => one.valid_from <= delivered_on && (one.valid_to === null || one.valid_to >= delivered_on),
    )!
    await world.database.db
      .insertInto('delivery')
      .values({
        ...{ seller_id: row.seller_id, placement_id: row.id, id: newId(), buyer_id: row.buyer_id, delivered_on },
        ...{ kind: 'delivered', quantity: '2', recorded_at: world.clock.now().toISOString() },
      })
      .execute()
  }
}

export async function close({ world }: Story, month: Month, sellers: string[]): Promise<void> {
  for (const seller of sellers) await closeMonthOf(world.system(), seller, month)
}

/** What each month came to between whom, predecessors counted as the successor: gross, so that own use counts too. */
export async function sums({ world, REZ, LUD, AUS }: Story): Promise<Record<string, string>> {
  const rows = await world.database.db
    .selectFrom('settled_month')
    .select(['seller_id', 'buyer_id', 'service_month', 'gross'])
    .execute()
  const heir = (id: string) => (id === REZ || id === LUD || id === AUS ? 'AUS' : 'DGV')
  const cents = new Map<string, number>()
  for (const row of rows) {
    const key = `${row.service_month} ${heir(row.seller_id)} → ${heir(row.buyer_id)}`
    cents.set(key, (cents.get(key) ?? 0) + Math.round(Number(row.gross) * 100))
  }
  return Object.fromEntries([...cents].sort().map(([key, sum]) => [key, (sum / 100).toFixed(2)]))
}
