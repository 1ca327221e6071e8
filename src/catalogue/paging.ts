/** Where the catalogue's list goes on: its order is readiness, institution, stale, distance, title, id. */
import { id } from '../http/fields.ts'
import { readCursor } from '../http/paging.ts'
import { refuseFields } from '../refusal.ts'

type Placed = {
  readiness: number
  institution: boolean
  stale: boolean
  distance: number | null
  title: string
  id: string
}

/** Where a row stands in the list, for the cursor. */
export function offerPlace(offer: Placed): (string | number)[] {
  const { readiness, institution, stale, distance, title } = offer
  return [readiness, String(institution), String(stale), distance ?? 99_999, title, offer.id]
}

const shapes = [/^[0-3]$/, /^(true|false)$/, /^(true|false)$/, /^\d{1,5}$/, /^/]

/** @throws Refusal `invalid_input` for a text that is no cursor of this list */
export function readOfferCursor(cursor: string | undefined): string[] | null {
  const place = readCursor(cursor, 6)
  if (
    place !== null &&
    !(shapes.every((shape, index) => shape.test(place[index]!)) && id().safeParse(place[5]).success)
  )
    refuseFields([{ path: 'cursor', message: 'validation.cursor' }])
  return place
}
