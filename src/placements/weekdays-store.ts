/** SQL of the days of the week of a stay. */
import { type Selectable, sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { PlacementWeekdays } from '../db/tables.ts'
import { newId } from '../ids.ts'
import { makeRoomFor, type Weekdays } from './weekdays.ts'

export type WeekdaysRow = Selectable<PlacementWeekdays>
type Stay = { seller_id: string; id: string; buyer_id: string }
type Recorded = { recorded_at: string; recorded_by: string | null }

/** The versions of a stay, the first one first; none where it takes its places every day and always did. */
export async function weekdaysOf(tx: Tx, stay: { seller_id: string; id: string }): Promise<WeekdaysRow[]> {
  return tx
    .selectFrom('placement_weekdays')
    .selectAll()
    .where('seller_id', '=', stay.seller_id)
    .where('placement_id', '=', stay.id)
    .orderBy(sql`valid_from nulls first`)
    .execute()
}

/** From the beginning of a stay on. */
export async function beginWeekdays(tx: Tx, stay: Stay, weekdays: Weekdays, recorded: Recorded): Promise<void> {
  await insert(tx, stay, { valid_from: null, weekdays }, recorded)
}

/** From a day on, null from the beginning; what was said for later days goes. */
export async function saveWeekdays(
  tx: Tx,
  stay: Stay,
  versions: readonly WeekdaysRow[],
  version: { valid_from: string | null; weekdays: Weekdays },
  recorded: Recorded,
): Promise<void> {
  const { removed, ended } = makeRoomFor(versions, version.valid_from)
  if (removed.length > 0) {
    await tx
      .deleteFrom('placement_weekdays')
      .where('seller_id', '=', stay.seller_id)
      .where('id', 'in', removed)
      .execute()
  }
  if (ended !== null) {
    await tx
      .updateTable('placement_weekdays')
      .set({ valid_to: ended.valid_to })
      .where('seller_id', '=', stay.seller_id)
      .where('id', '=', ended.id)
      .execute()
  }
  await insert(tx, stay, version, recorded)
}

async function insert(
  tx: Tx,
  stay: Stay,
  version: { valid_from: string | null; weekdays: Weekdays },
  recorded: Recorded,
): Promise<void> {
  const key = { seller_id: stay.seller_id, id: newId(), placement_id: stay.id, buyer_id: stay.buyer_id }
  await tx
    .insertInto('placement_weekdays')
    .values({ ...key, ...version, valid_to: null, ...recorded })
    .execute()
}

/** What a stay had on the days that another one takes over. */
export async function copyWeekdays(
  tx: Tx,
  from: readonly WeekdaysRow[],
  stay: Stay,
  recorded: Recorded,
): Promise<void> {
  await tx
    .insertInto('placement_weekdays')
    .values(
      from.map(({ valid_from, valid_to, weekdays }) => ({
        ...{ seller_id: stay.seller_id, id: newId(), placement_id: stay.id, buyer_id: stay.buyer_id },
        ...{ valid_from, valid_to, weekdays },
        ...recorded,
      })),
    )
    .execute()
}
