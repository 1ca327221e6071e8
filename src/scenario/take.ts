/**
 * Taking facts: what is recorded must fit what is already there, or it is refused by name (R2, R3, R6) and nothing of
 * its file is taken.
 */
import { type Absence, type Delivery, liesIn, overlaps, pricesOverlap } from '../settlement/facts.ts'
import { type Facts, type Offer, type Placement, Refused } from './format.ts'

/** Everything recorded so far, by what it belongs to. */
export type Known = {
  parties: ReadonlySet<string>
  offers: Map<string, Offer>
  placements: Map<string, Placement>
  /** In the order recorded. */
  deliveries: Map<string, Delivery[]>
  absences: Map<string, Absence[]>
}

export function nothingKnown(parties: readonly string[]): Known {
  return {
    parties: new Set(parties),
    offers: new Map(),
    placements: new Map(),
    deliveries: new Map(),
    absences: new Map(),
  }
}

/**
 * Takes facts: offers and placements replace those of the same id, deliveries and absences are added. Offers and
 * placements come first, so that a delivery is judged by the placement recorded with it.
 *
 * @param path where the facts stand in the file, to name one that is refused: `''` or `'steps[1].record.'`
 * Throws `Refused`; what is known is then no longer of use.
 */
export function takeFacts(known: Known, facts: Facts, path: string): void {
  takeOffers(known, facts, path)
  takePlacements(known, facts, path)
  for (const [index, { placement: id, ...delivery }] of facts.deliveries.entries()) {
    const name = `${path}deliveries[${index}]`
    const placement = known.placements.get(id) ?? refuse(name, `unknown placement ${id}`)
    if (!liesIn(placement, delivery.date)) refuse(name, `dated outside placement ${id}`)
    append(known.deliveries, id, delivery)
  }
  for (const [index, { placement: id, ...absence }] of facts.absences.entries()) {
    const name = `${path}absences[${index}]`
    if (!known.placements.has(id)) refuse(name, `unknown placement ${id}`)
    const others = known.absences.get(id) ?? []
    if (others.some((other) => overlaps(other, absence))) refuse(name, `overlaps another absence of placement ${id}`)
    append(known.absences, id, absence)
  }
}

function takeOffers(known: Known, facts: Facts, path: string): void {
  refuseTwice(facts.offers, `${path}offers`)
  for (const [index, offer] of facts.offers.entries()) {
    const name = `${path}offers[${index}]`
    if (!known.parties.has(offer.seller)) refuse(name, `unknown party ${offer.seller}`)
    if (pricesOverlap(offer.prices)) refuse(name, 'price versions overlap')
    known.offers.set(offer.id, offer)
  }
}

function takePlacements(known: Known, facts: Facts, path: string): void {
  refuseTwice(facts.placements, `${path}placements`)
  for (const [index, placement] of facts.placements.entries()) {
    const name = `${path}placements[${index}]`
    if (!known.parties.has(placement.buyer)) refuse(name, `unknown party ${placement.buyer}`)
    const offer = known.offers.get(placement.offer) ?? refuse(name, `unknown offer ${placement.offer}`)
    const missing = surchargeMissing(offer, placement)
    if (missing !== undefined) refuse(name, `unknown surcharge ${missing}`)
    known.placements.set(placement.id, placement)
  }
  for (const [index, offer] of facts.offers.entries()) {
    for (const placement of known.placements.values()) {
      if (placement.offer !== offer.id) continue
      const missing = surchargeMissing(offer, placement)
      if (missing !== undefined)
        refuse(`${path}offers[${index}]`, `placement ${placement.id} takes surcharge ${missing}`)
    }
  }
}

function surchargeMissing(offer: Offer, placement: Placement): string | undefined {
  return (placement.surcharges ?? []).find((name) => !Object.hasOwn(offer.surcharges ?? {}, name))
}

function refuseTwice(facts: readonly { id: string }[], path: string): void {
  const seen = new Set<string>()
  for (const [index, { id }] of facts.entries()) {
    if (seen.has(id)) refuse(`${path}[${index}]`, `${id} stands here twice`)
    seen.add(id)
  }
}

function refuse(name: string, why: string): never {
  throw new Refused(`${name}: ${why}`)
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}
