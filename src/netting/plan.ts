/** What a netting proposes: which documents it covers, who then stands where, and what remains to be paid (R19). Pure. */
import { type Cents, centsOf, type Money, moneyOf, sumMoney } from '../money.ts'
import { net, type Position } from '../settlement/netting.ts'

/** An open document with what is in doubt of it. */
export type Nettable = {
  document_id: string
  type: 'invoice' | 'credit_note'
  seller_id: string
  buyer_id: string
  /** what is not yet settled */
  open: string
  /** what of it is in doubt, and stays out */
  disputed: string
}

/** A document that is covered: who its names are, and who owes whom for it now. */
export type Covered = {
  document_id: string
  type: 'invoice' | 'credit_note'
  seller_id: string
  buyer_id: string
  debtor_id: string
  creditor_id: string
  amount: Money
}
/** What one owes another by all documents of that direction. */
export type PairFlow = { debtor_id: string; creditor_id: string; items: number; amount: Money }
export type Remaining = { debtor_id: string; creditor_id: string; amount: Money }

export type Plan = {
  items: Covered[]
  /** by id; they add up to zero */
  positions: Position[]
  flows: PairFlow[]
  transfers: Remaining[]
}

/**
 * R19: nets what is open and not in doubt. A credit note is owed by its seller. A party is who is there: whoever merged into
 * another owes and is owed as that other one, and nobody owes itself.
 * @param now who stands in an organisation's place
 */
export function planNetting(
  documents: readonly Nettable[],
  now: (organisation_id: string) => string = (id) => id,
): Plan {
  const items = documents.flatMap((document): Covered[] => {
    const { document_id, seller_id, buyer_id, type } = document
    const cents = centsOf(document.open) - centsOf(document.disputed)
    const [debtor_id, creditor_id] = namedOf(document).map(now) as [string, string]
    if (cents <= 0n || debtor_id === creditor_id) return []
    return [{ document_id, type, seller_id, buyer_id, debtor_id, creditor_id, amount: moneyOf(cents) }]
  })
  const { positions, transfers } = net(
    items.map((item) => ({
      id: item.document_id,
      debtor: item.debtor_id,
      creditor: item.creditor_id,
      gross: item.amount,
    })),
  )
  return {
    items,
    positions,
    flows: flowsOf(items),
    transfers: transfers.map(({ from, to, amount }) => ({ debtor_id: from, creditor_id: to, amount })),
  }
}

/** Who owes whom by the names on a document. */
function namedOf({ type, seller_id, buyer_id }: Pick<Covered, 'type' | 'seller_id' | 'buyer_id'>): [string, string] {
  return type === 'invoice' ? [buyer_id, seller_id] : [seller_id, buyer_id]
}

function flowsOf(items: readonly Covered[]): PairFlow[] {
  const pairs = Map.groupBy(items, ({ debtor_id, creditor_id }) => `${debtor_id} ${creditor_id}`)
  return [...pairs.values()]
    .map((same) => {
      const { debtor_id, creditor_id } = same[0]!
      return { debtor_id, creditor_id, items: same.length, amount: sumMoney(same.map((item) => item.amount)) }
    })
    .sort((a, b) => (`${a.debtor_id} ${a.creditor_id}` < `${b.debtor_id} ${b.creditor_id}` ? -1 : 1))
}

/** What would be set off between each two alone. */
export function bilateral(flows: readonly Omit<PairFlow, 'items'>[]): Remaining[] {
  const owed = new Map(flows.map((flow) => [`${flow.debtor_id} ${flow.creditor_id}`, centsOf(flow.amount)]))
  return flows.flatMap(({ debtor_id, creditor_id, amount }): Remaining[] => {
    const left: Cents = centsOf(amount) - (owed.get(`${creditor_id} ${debtor_id}`) ?? 0n)
    return left > 0n ? [{ debtor_id, creditor_id, amount: moneyOf(left) }] : []
  })
}

export type Moved = { payments: number; amount: Money }
export type Figures = { gross: Moved; bilateral: Moved; netted: Moved }

/** How many payments move how much: each document by itself, pair by pair, and by the netting. */
export function figuresOf(flows: readonly PairFlow[], transfers: readonly { amount: string }[]): Figures {
  const pairs = bilateral(flows)
  return {
    gross: {
      payments: flows.reduce((sum, flow) => sum + flow.items, 0),
      amount: sumMoney(flows.map((flow) => flow.amount)),
    },
    bilateral: { payments: pairs.length, amount: sumMoney(pairs.map((pair) => pair.amount)) },
    netted: { payments: transfers.length, amount: sumMoney(transfers.map((transfer) => transfer.amount)) },
  }
}

/** Whether a netting moves less money than paying everything: otherwise there is nothing mutual in it. */
export function isWorthwhile(plan: Pick<Plan, 'flows' | 'transfers'>): boolean {
  const { gross, netted } = figuresOf(plan.flows, plan.transfers)
  return centsOf(netted.amount) < centsOf(gross.amount)
}

export type FlowChange = { debtor_id: string; creditor_id: string; was: Money; is: Money }

/** What pairs owe otherwise than when it was last looked at. */
export function changesOf(
  before: readonly { debtor_id: string; creditor_id: string; amount: string }[],
  after: readonly { debtor_id: string; creditor_id: string; amount: string }[],
): FlowChange[] {
  const key = (flow: { debtor_id: string; creditor_id: string }) => `${flow.debtor_id} ${flow.creditor_id}`
  const [was, is] = [before, after].map((flows) => new Map(flows.map((flow) => [key(flow), centsOf(flow.amount)])))
  return [...new Set([...was!.keys(), ...is!.keys()])].sort().flatMap((pair): FlowChange[] => {
    const [debtor_id, creditor_id] = pair.split(' ') as [string, string]
    const [old, now] = [was!.get(pair) ?? 0n, is!.get(pair) ?? 0n]
    return old === now ? [] : [{ debtor_id, creditor_id, was: moneyOf(old), is: moneyOf(now) }]
  })
}

/**
 * For whom nothing changed: position, own documents and own transfers are as they were. Their acceptance stands; the others are
 * asked again.
 */
export function sameFor(organisation_id: string, before: Plan, after: Plan): boolean {
  return seenBy(organisation_id, before) === seenBy(organisation_id, after)
}

function seenBy(organisation_id: string, { items, positions, transfers }: Plan): string {
  const of = (row: { debtor_id: string; creditor_id: string }) =>
    row.debtor_id === organisation_id || row.creditor_id === organisation_id
  return JSON.stringify([
    positions.filter(({ party }) => party === organisation_id),
    items
      .filter(of)
      .map(({ document_id, amount }) => `${document_id} ${amount}`)
      .sort(),
    transfers
      .filter(of)
      .map(({ debtor_id, creditor_id, amount }) => `${debtor_id} ${creditor_id} ${amount}`)
      .sort(),
  ])
}

/**
 * What the books need beside the settled documents: in each book the set-off account of a pair moves to those with whom the
 * transfers are, so that what stands there is what is still to be paid. Where a document names one that merged into a party, what
 * was set off for it stands between the two: its book was settled, and the party had the good of it. Above zero: the
 * organisation is owed it.
 */
export function movesOf(
  plan: Pick<Plan, 'items' | 'transfers'>,
): { organisation_id: string; lines: { counterparty_id: string; amount: Money }[] }[] {
  const books = new Map<string, Map<string, Cents>>()
  const add = (book: string, counterparty: string, cents: Cents) => {
    const lines = books.get(book) ?? new Map<string, Cents>()
    lines.set(counterparty, (lines.get(counterparty) ?? 0n) + cents)
    books.set(book, lines)
  }
  const owed = (debtor: string, creditor: string, cents: Cents) => {
    add(creditor, debtor, cents)
    add(debtor, creditor, -cents)
  }
  for (const item of plan.items) {
    const [debtor, creditor] = namedOf(item)
    const cents = centsOf(item.amount)
    owed(debtor, creditor, -cents)
    if (creditor !== item.creditor_id) owed(item.creditor_id, creditor, cents)
    if (debtor !== item.debtor_id) owed(debtor, item.debtor_id, cents)
  }
  for (const { debtor_id, creditor_id, amount } of plan.transfers) owed(debtor_id, creditor_id, centsOf(amount))
  return [...books].sort().flatMap(([organisation_id, counterparties]) => {
    const lines = [...counterparties]
      .filter(([, cents]) => cents !== 0n)
      .sort()
      .map(([counterparty_id, cents]) => ({ counterparty_id, amount: moneyOf(cents) }))
    return lines.length === 0 ? [] : [{ organisation_id, lines }]
  })
}
