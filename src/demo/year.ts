/** What has happened so far in the demonstration's year, by the names of the story, and what is looked up in it. */
import type { PlainDate } from '../calendar.ts'
import { registerResident } from '../placements/commands.ts'
import { PersonInput } from '../placements/resident.ts'
import type { StoryCalendar } from './calendar.ts'
import type { Cast } from './cast.ts'
import type { Municipality } from './latgale.ts'
import { residentNames } from './people.ts'
import type { Given } from './rhythm.ts'

export interface Event {
  on: PlainDate
  happens(on: PlainDate): Promise<unknown>
}

export interface Year {
  cast: Cast
  calendar: StoryCalendar
  offer: Map<string, { id: string; seller: Municipality }>
  resident: Map<number, string>
  placement: Map<string, { id: string; from: PlainDate; to: PlainDate | null }>
  /** referrals that were sent and became no stay, or not yet, by offer, buyer and resident */
  referral: Map<string, string>
  /** deliveries by stay, as recorded */
  given: Map<string, (Given & { id: string })[]>
  decisions: number
}

export function offerId(year: Year, key: string): string {
  const offer = year.offer.get(key)
  if (offer === undefined) throw new Error(`the demonstration has no offer ${key}`)
  return offer.id
}

export function seller(year: Year, stay: { offer: string }, on: PlainDate) {
  const offer = year.offer.get(stay.offer)
  if (offer === undefined) throw new Error(`the demonstration has no offer ${stay.offer}`)
  return year.cast.as(offer.seller, 'lister', on)
}

export function placementOf(year: Year, key: string) {
  const placement = year.placement.get(key)
  if (placement === undefined) throw new Error(`the demonstration has no stay ${key}`)
  return placement
}

export function referralOf(year: Year, key: string): string {
  const referral = year.referral.get(key)
  if (referral === undefined) throw new Error(`the demonstration has no referral ${key}`)
  return referral
}

/** The next decision of a municipality's social service. */
export function decided(year: Year): string {
  year.decisions += 1
  return `Sociālā dienesta lēmums Nr. ${year.decisions}`
}

/** Registered when first asked for; one who is asked for again keeps the token. */
export async function residentOf(year: Year, code: Municipality, number: number, on: PlainDate): Promise<string> {
  const known = year.resident.get(number)
  if (known !== undefined) return known
  const [given_name, family_name] = residentNames[number]!
  // In the form of the codes given since 2017, which say nothing of the person, and of none that was ever given.
  const personal_code = `320000-${String(number + 1).padStart(5, '0')}`
  const person = PersonInput.parse({ given_name, family_name, personal_code })
  const { id } = await registerResident(year.cast.as(code, 'buyer', on), person)
  year.resident.set(number, id)
  return id
}
