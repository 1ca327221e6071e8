/** Where the catalogue's list goes on: its order is readiness, title, id. */
import { id } from '../http/fields.ts'
import { readCursor } from '../http/paging.ts'
import { refuseFields } from '../refusal.ts'

/** Where a row stands in the list, for the cursor. */
export function offerPlace(offer: { readiness: number; title: string; id: string }): (string | number)[] {
  return [offer.readiness, offer.title, offer.id]
}

/** @throws Refusal `invalid_input` for a text that is no cursor of this list */
export function readOfferCursor(cursor: string | undefined): string[] | null {
  const place = readCursor(cursor, 3)
  if (place !== null && !(/^[0-3]$/.test(place[0]!) && id().safeParse(place[2]).success))
    refuseFields([{ path: 'cursor', message: 'validation.cursor' }])
  return place
}
