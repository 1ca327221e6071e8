/**
 * Plays a scenario in memory, with the same calculator, documents and netting as the month close in the database.
 */
import { type Month, monthOf, monthsBetween, type PlainDate } from '../calendar.ts'
import { sumMoney } from '../money.ts'
import {
  type Billed,
  closeSeller,
  type Document,
  type PlacementMonth,
  type SellerClose,
} from '../settlement/documents.ts'
import type { PlacementFacts, Unit } from '../settlement/facts.ts'
import type { Share } from '../settlement/funding.ts'
import { net } from '../settlement/netting.ts'
import { type RatedMonth, rateMonth, startCarry } from '../settlement/rate.ts'
import { type Tariff, tariffOf } from '../settlement/tariff.ts'
import { type Placement, Refused, type Result, type ResultDocument, type ResultLine, type Scenario } from './format.ts'
import { type Known, nothingKnown, takeFacts } from './take.ts'

type Game = {
  known: Known
  /** In order. */
  closed: Month[]
  /** By seller, placement and service month. */
  billed: Map<string, Billed>
  /** Documents no netting has settled yet. */
  unsettled: Document[]
  issued: PlayedDocument[]
  tariffs: Map<string, Tariff>
  /** The months of each placement since its start, rated once until something is recorded. */
  rated: Map<string, Map<Month, RatedMonth>>
  result: Result
}

/** A document of a scenario, and what its placements were when it was issued. */
export type PlayedDocument = { document: Document; subjects: ReadonlyMap<string, PlayedSubject> }
export type PlayedSubject = { offer: string; unit: Unit }

/** Plays all steps. Rejects with `Refused` where a fact or step is refused. */
export async function play(scenario: Scenario): Promise<Result> {
  return played(scenario).result
}

/** Plays all steps for their documents, in the order of the result. Throws `Refused` where a fact or step is refused. */
export function playDocuments(scenario: Scenario): PlayedDocument[] {
  return played(scenario).issued
}

function played(scenario: Scenario): Game {
  const game: Game = {
    known: nothingKnown(scenario.parties),
    closed: [],
    billed: new Map(),
    unsettled: [],
    issued: [],
    tariffs: new Map(),
    rated: new Map(),
    result: { documents: [], withheld: [], own_use: [], funding: [], transfers: [] },
  }
  takeFacts(game.known, scenario, '')
  for (const [index, step] of scenario.steps.entries()) {
    if ('close' in step) closeMonth(game, step.close, `steps[${index}]`)
    else if ('net' in step) netOpenItems(game, step.net)
    else {
      takeFacts(game.known, step.record, `steps[${index}].record.`)
      game.tariffs.clear()
      game.rated.clear()
    }
  }
  return game
}

/** R16, R17: closes a month for every seller in turn. A closed month stays as it is. */
function closeMonth(game: Game, close: Month, name: string): void {
  if (game.closed.includes(close)) return
  const last = game.closed.at(-1)
  if (last !== undefined && close < last) throw new Refused(`${name}: ${close} cannot be closed after ${last}`)
  game.closed.push(close)
  for (const seller of [...game.known.parties].sort()) {
    const closing = closeSeller(seller, close, monthsOf(game, seller))
    for (const billed of closing.billed) {
      game.billed.set(billedKey(seller, billed.placement, billed.service_month), billed)
    }
    game.unsettled.push(...closing.documents)
    const subjects = subjectsOf(game.known)
    game.issued.push(...closing.documents.map((document) => ({ document, subjects })))
    addToResult(game.result, seller, close, closing)
  }
}

function subjectsOf({ placements, offers }: Known): Map<string, PlayedSubject> {
  return new Map([...placements].map(([id, { offer }]) => [id, { offer, unit: offers.get(offer)!.unit }]))
}

/** Every placement and closed month that is, or was when billed, with a seller. */
function monthsOf(game: Game, seller: string): PlacementMonth[] {
  const months: PlacementMonth[] = []
  for (const placement of game.known.placements.values()) {
    const offer = game.known.offers.get(placement.offer)!
    const rated = offer.seller === seller ? ratedMonths(game, placement, seller) : null
    for (const service_month of game.closed) {
      const month = rated?.get(service_month)
      const billed = game.billed.get(billedKey(seller, placement.id, service_month)) ?? null
      if (month === undefined && billed === null) continue
      const now = month === undefined ? null : { buyer: placement.buyer, vat: offer.vat, rated: month }
      months.push({ placement: placement.id, service_month, now, billed })
    }
  }
  return months
}

/** All months of a placement up to the last closed one, each rated with the carry of the month before (R8, R12). */
function ratedMonths(game: Game, placement: Placement, seller: string): Map<Month, RatedMonth> {
  const rated = game.rated.get(placement.id) ?? new Map<Month, RatedMonth>()
  game.rated.set(placement.id, rated)
  const firstClosed = game.closed[0]!
  const start = monthOf(placement.from)
  const tariff = tariffFor(game, placement.offer)
  let carry = startCarry
  for (const month of monthsBetween(start < firstClosed ? start : firstClosed, game.closed.at(-1)!)) {
    const known = rated.get(month)
    const next = known ?? rateMonth(tariff, factsFor(game.known, placement, seller), month, carry)
    if (known === undefined) rated.set(month, next)
    carry = next.carry
  }
  return rated
}

function tariffFor(game: Game, offer: string): Tariff {
  const tariff = game.tariffs.get(offer) ?? tariffOf(game.known.offers.get(offer)!)
  game.tariffs.set(offer, tariff)
  return tariff
}

function factsFor(known: Known, placement: Placement, seller: string): PlacementFacts {
  const deliveries = known.deliveries.get(placement.id) ?? []
  const absences = known.absences.get(placement.id) ?? []
  return { ...placement, seller, deliveries, absences }
}

/** R19: everything issued and not settled yet is netted, and settled by it. */
function netOpenItems(game: Game, date: PlainDate): void {
  const items = game.unsettled.map(({ type, seller, buyer, total }, index) =>
    type === 'invoice'
      ? { id: String(index), debtor: buyer, creditor: seller, gross: total }
      : { id: String(index), debtor: seller, creditor: buyer, gross: total },
  )
  game.unsettled = []
  game.result.transfers.push(...net(items).transfers.map((transfer) => ({ net: date, ...transfer })))
}

function addToResult(result: Result, seller: string, close: Month, closing: SellerClose): void {
  result.documents.push(...closing.documents.map(documentInResult))
  result.withheld.push(...closing.withheld.map((withheld) => ({ close, ...withheld })))
  if (closing.own_use !== '0.00') result.own_use.push({ close, seller, gross: closing.own_use })
  for (const { source, ...sum } of closing.funding) result.funding.push({ close, source, seller, ...sum })
}

function documentInResult(document: Document): ResultDocument {
  const { type, close, seller, buyer, corrects, net, vat, total } = document
  const lines = document.lines.map(lineInResult)
  return { type, close, seller, buyer, ...(corrects === null ? {} : { corrects }), net, vat, total, lines }
}

function lineInResult(line: Document['lines'][number]): ResultLine {
  const { placement, service_month, buyer_amount } = line
  if (!('gross' in line)) return { placement, service_month, kind: 'adjustment', buyer_amount }
  const { kind, quantity, base_quantity, unit_price, percent, gross } = line
  const shares = sharesBySource(line.shares)
  return { placement, service_month, kind, quantity, base_quantity, unit_price, percent, gross, shares, buyer_amount }
}

function sharesBySource(shares: readonly Share[]): Record<string, string> {
  const bySource = Map.groupBy(shares, (share) => share.source)
  return Object.fromEntries([...bySource].map(([source, same]) => [source, sumMoney(same.map(({ amount }) => amount))]))
}

function billedKey(seller: string, placement: string, month: Month): string {
  return JSON.stringify([seller, placement, month])
}
