/**
 * R19: mutual payments. What all owe each other becomes the fewest large payments: the largest debtor pays the largest
 * creditor until nobody owes anything.
 */
import { type Cents, centsOf, type Money, moneyOf } from '../money.ts'

/** An invoice as netting sees it: who owes whom, and what became of it so far. Amounts with VAT. */
export type OpenItem = {
  id: string
  debtor: string
  creditor: string
  gross: Money
  credited?: Money
  disputed?: Money
  paid?: Money
}

export type Position = { party: string; is_owed: Money; owes: Money; position: Money }
export type Transfer = { from: string; to: string; amount: Money }

export type Netting = {
  /** Of every party with an open item, by id. They add up to zero. */
  positions: Position[]
  /** In the order they are found. */
  transfers: Transfer[]
  /** Every open item with what the netting settles of it: all that is open. */
  settled: { id: string; amount: Money }[]
}

/** Nets open items (R19). An item credited beyond what was unpaid is owed by its creditor; one with nothing open rests. */
export function net(items: readonly OpenItem[]): Netting {
  const open = items.map((item) => ({ ...item, cents: openCents(item) })).filter((item) => item.cents !== 0n)
  const isOwed = new Map<string, Cents>()
  const owes = new Map<string, Cents>()
  for (const { debtor, creditor, cents } of open) {
    add(cents > 0n ? owes : isOwed, debtor, cents > 0n ? cents : -cents)
    add(cents > 0n ? isOwed : owes, creditor, cents > 0n ? cents : -cents)
  }
  const parties = [...new Set([...isOwed.keys(), ...owes.keys()])].sort()
  const positions = parties.map((party) => {
    const [credit, debt] = [isOwed.get(party) ?? 0n, owes.get(party) ?? 0n]
    return { party, is_owed: moneyOf(credit), owes: moneyOf(debt), position: moneyOf(credit - debt) }
  })
  return {
    positions,
    transfers: transfersFor(positions),
    settled: open.map(({ id, cents }) => ({ id, amount: moneyOf(cents) })),
  }
}

/**
 * R19: the payments that bring every position to zero: the largest debtor pays the largest creditor the smaller of the
 * two amounts, until none is left; among equals the lower id comes first.
 */
export function transfersFor(positions: readonly { party: string; position: Money }[]): Transfer[] {
  const left = positions
    .map(({ party, position }) => ({ party, cents: centsOf(position) }))
    .sort((a, b) => (a.party < b.party ? -1 : 1))
  const transfers: Transfer[] = []
  for (;;) {
    let debtor = left[0]
    let creditor = left[0]
    for (const party of left) {
      if (debtor === undefined || party.cents < debtor.cents) debtor = party
      if (creditor === undefined || party.cents > creditor.cents) creditor = party
    }
    if (debtor === undefined || creditor === undefined || debtor.cents >= 0n || creditor.cents <= 0n) return transfers
    const amount = -debtor.cents < creditor.cents ? -debtor.cents : creditor.cents
    transfers.push({ from: debtor.party, to: creditor.party, amount: moneyOf(amount) })
    debtor.cents += amount
    creditor.cents -= amount
  }
}

/** R19: gross, less credit notes, less disputed lines, less paid. */
function openCents(item: OpenItem): Cents {
  const { gross, credited = '0', disputed = '0', paid = '0' } = item
  return centsOf(gross) - centsOf(credited) - centsOf(disputed) - centsOf(paid)
}

function add(sums: Map<string, Cents>, party: string, cents: Cents): void {
  sums.set(party, (sums.get(party) ?? 0n) + cents)
}
